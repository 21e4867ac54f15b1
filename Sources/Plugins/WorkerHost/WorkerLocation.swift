import Foundation
import JobmonCore
import OSText

/// Where the worker's program is.
public enum WorkerLocation {
  /// The file name of the worker's program.
  public static let name = "jobmon-worker"
  /// Names it where it stands neither beside this program nor in PATH.
  public static let variable = "JOBMON_WORKER"

  /// - Throws: ``ExecutorError`` where there is none.
  public static func find(environment: [String: String] = OSText.environmentByName) throws
    -> String
  {
    let candidates =
      [ProgramFile.ownFolder + "/" + name] + [environment[variable]].compactMap { $0 }
      + ProgramFile.candidates(name, inPath: environment["PATH"] ?? "")
    guard let found = ProgramFile.first(of: candidates) else {
      throw ExecutorError(
        "there is no \(name) beside \(OSFile.ownProgram) nor in PATH: install it there, or set \(variable)"
      )
    }
    return found
  }
}
