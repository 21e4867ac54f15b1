import Foundation
import JobmonCore
import OSText

/// The location of the worker program.
public enum WorkerLocation {
  /// The file name of the worker program.
  public static let name = "jobmon-worker"
  /// The variable that names the program if it is neither beside this program nor in PATH.
  public static let variable = "JOBMON_WORKER"

  /// - Throws: ``ExecutorError`` if no program is found.
  public static func find(environment: [String: String] = OSText.environmentByName) throws
    -> String
  {
    let candidates =
      [ProgramFile.ownFolder + "/" + name] + [environment[variable]].compactMap { $0 }
      + ProgramFile.candidates(name, inPath: environment["PATH"] ?? "")
    guard let found = ProgramFile.first(of: candidates) else {
      throw ExecutorError(
        "\(name) was not found beside \(OSFile.ownProgram) or in PATH: install it there, or set \(variable)"
      )
    }
    return found
  }
}
