import Foundation

/// Named places at which a test can have the process killed, to see what a crash right there leaves behind.
///
/// `JOBMON_KILL_AT=NAME` kills at the first visit, `NAME:3` at the third; `*:17` at the 17th visit of any point.
/// Nothing is compiled out: what is tested is what is shipped, and an unset variable costs one load a visit.
public enum KillPoint {
  private struct Plan: Sendable {
    var name: String
    var visit: Int
  }

  private static let plan: Plan? = {
    guard let text = ProcessInfo.processInfo.environment["JOBMON_KILL_AT"], !text.isEmpty else { return nil }
    let parts = text.split(separator: ":", maxSplits: 1)
    return Plan(name: String(parts[0]), visit: parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
  }()

  private static let lock = NSLock()
  nonisolated(unsafe) private static var visits = 0

  /// Ends the process by SIGKILL where the plan says so.
  public static func reached(_ name: @autoclosure () -> String) {
    guard let plan else { return }
    guard plan.name == "*" || plan.name == name() else { return }
    lock.lock()
    visits += 1
    let due = visits == plan.visit
    lock.unlock()
    if due { kill(getpid(), SIGKILL) }
  }
}
