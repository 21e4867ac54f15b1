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
    let own = OSFile.ownProgram
    let beside = OSFile.folder(of: own) + "/" + name
    let folders = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
    let places = [beside] + [environment[variable]].compactMap { $0 } + folders
    guard let found = places.first(where: { OSFile.can($0, X_OK) && !OSFile.isFolder($0) }) else {
      throw ExecutorError(
        "there is no \(name) beside \(own) nor in PATH: install it there, or name it in \(variable)")
    }
    return found
  }
}
