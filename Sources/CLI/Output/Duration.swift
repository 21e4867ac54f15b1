import Foundation
import JobmonCore

/// Spans of time for people.
enum Duration {
  static func text(_ seconds: Double) -> String {
    if seconds < 10 { return String(format: "%.2f s", seconds) }
    if seconds < 100 { return String(format: "%.1f s", seconds) }
    let whole = Int64(nearest: seconds)
    let (days, hours, minutes) = (whole / 86400, whole / 3600 % 24, whole / 60 % 60)
    if days > 0 { return "\(days) d \(hours) h" }
    if hours > 0 { return "\(hours) h \(minutes) min" }
    return "\(minutes) min \(whole % 60) s"
  }
}

extension Standstill {
  /// As in `3 tasks run; align_17 (task 17) has run for 2 h 5 min on node n4`.
  func sentence(now: Timestamp = .now) -> String {
    let long = since.map { " for \(Duration.text(max(0, Double(now.rawValue - $0.rawValue) / 1000)))" } ?? ""
    let tasks = count == 1 ? "1 task" : "\(count) tasks"
    let own = "\(name) (task \(task))"
    switch kind {
    case .runs:
      return "\(tasks) \(count == 1 ? "runs" : "run"); \(own) has run\(long) on \(location ?? "its node")"
    case .waitsInCluster:
      let why = reason.map { ": \($0)" } ?? ""
      return
        "\(tasks) \(count == 1 ? "waits" : "wait") in the cluster; \(own) has waited\(long) in \(location ?? "it")\(why)"
    case .waits: return "\(own): \(reason ?? "")"
    }
  }
}
