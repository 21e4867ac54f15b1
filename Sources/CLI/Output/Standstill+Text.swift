import JobmonCore

extension Standstill {
  /// For example `3 tasks run; align_17 (task 17) has run for 2 h 5 min on node n4`.
  func sentence(now: Timestamp = .now) -> String {
    let long = since.map { " for \(SpanText.text(max(0, Double(now.rawValue - $0.rawValue) / 1000)))" } ?? ""
    let own = "\(name) (task \(task))"
    switch kind {
    case .runs:
      return
        "\(CountText.of(count, "task runs", plural: "tasks run")); \(own) has run\(long) on \(location ?? "its node")"
    case .waitsInCluster:
      let why = reason.map { ": \($0)" } ?? ""
      return
        "\(CountText.of(count, "task waits", plural: "tasks wait")) in the cluster; \(own) has waited\(long) in \(location ?? "it")\(why)"
    case .waits: return "\(own): \(reason ?? "")"
    }
  }
}
