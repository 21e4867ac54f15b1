import Foundation
import JobmonCore

/// Where the worker's program is.
public enum WorkerLocation {
  public static let name = "jobmon-worker"
  /// Names it where it stands neither beside this program nor in PATH.
  public static let variable = "JOBMON_WORKER"

  /// - Throws: ``ExecutorError`` where there is none.
  public static func find(environment: [String: String] = ProcessInfo.processInfo.environment) throws
    -> String
  {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let beside = (own as NSString).deletingLastPathComponent + "/" + name
    let folders = (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
    let places = [beside] + [environment[variable]].compactMap { $0 } + folders
    guard let found = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw ExecutorError(
        "there is no \(name) beside \(own) nor in PATH: install it there, or name it in \(variable)")
    }
    return found
  }
}
