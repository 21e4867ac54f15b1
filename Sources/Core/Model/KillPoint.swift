import Foundation

/// Named points at which a test can kill the process, to test recovery from a crash at that point.
///
/// `JOBMON_KILL_AT=NAME` kills at the first visit, `NAME:3` at the third; `*:17` at the 17th visit of any point,
/// `slurm.*:2` at the second visit of any point whose name begins with `slurm.`. `JOBMON_KILL_ONCE=FILE` kills only the
/// process that creates the file, so that a restarted process survives. `JOBMON_KILL_WITH=children` also kills the
/// process's children, so that none of them cleans up after it. The points are part of release builds, so that tests
/// run the same code as users. If the variable is not set, a visit costs one load.
public enum KillPoint {
  private struct Plan: Sendable {
    var name: String
    var visit: Int
    var withChildren: Bool
    var once: String?

    func means(_ point: String) -> Bool {
      name.hasSuffix("*") ? point.hasPrefix(name.dropLast()) : point == name
    }
  }

  private static let plan: Plan? = {
    let environment = ProcessInfo.processInfo.environment
    guard let text = environment["JOBMON_KILL_AT"], !text.isEmpty else { return nil }
    let parts = text.split(separator: ":", maxSplits: 1)
    return Plan(
      name: String(parts[0]), visit: parts.count > 1 ? Int(parts[1]) ?? 1 : 1,
      withChildren: environment["JOBMON_KILL_WITH"] == "children", once: environment["JOBMON_KILL_ONCE"])
  }()
  private static let lock = NSLock()
  nonisolated(unsafe) private static var visits = 0

  /// Ends the process by SIGKILL if the variables say so.
  public static func reached(_ name: @autoclosure () -> String) {
    guard let plan else { return }
    guard plan.means(name()) else { return }
    lock.lock()
    visits += 1
    let due = visits == plan.visit
    lock.unlock()
    guard due else { return }
    if let once = plan.once, open(once, O_CREAT | O_EXCL | O_CLOEXEC, 0o600) < 0 { return }
    if plan.withChildren {
      for child in children { kill(child, SIGKILL) }
    }
    kill(getpid(), SIGKILL)
  }

  private static var children: [pid_t] {
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return threads.flatMap { thread -> [pid_t] in
      let list = FileManager.default.contents(atPath: "/proc/self/task/\(thread)/children") ?? Data()
      return String(decoding: list, as: UTF8.self).split(separator: " ").compactMap { pid_t($0) }
    }
  }
}
