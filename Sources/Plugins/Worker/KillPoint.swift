import Glibc

/// Like JobmonCore's: named points at which a test can have this process killed (`JOBMON_KILL_AT`, `NAME`, `NAME:n`,
/// `*:n`).
enum KillPoint {
  private static let plan: (name: Substring, visit: Int)? = {
    guard let text = getenv("JOBMON_KILL_AT").map({ String(cString: $0) }), !text.isEmpty else { return nil }
    let parts = text.split(separator: ":", maxSplits: 1)
    return (parts[0], parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
  }()

  /// Only one thread of the worker works at a time.
  nonisolated(unsafe) private static var visits = 0

  static func reached(_ name: StaticString) {
    guard let plan, plan.name == "*" || plan.name == "\(name)" else { return }
    visits += 1
    if visits == plan.visit { kill(getpid(), SIGKILL) }
  }
}
