import JobmonModel

// Messages of a plugin about tasks.

extension Outcome: WireShape {
  init(wire: WireReader) throws {
    // Invalid measurements and times are ignored, because the task has ended in any case.
    self.init(
      cause: try Cause(wire: wire), started: try? wire.time(.started), ended: try? wire.time(.ended),
      node: try wire.find(.node), usage: try? wire.shapeIfPresent(.usage), message: try wire.find(.message),
      isPermanent: try wire.find(.permanent), isLogDiskFull: try wire.find(.logDiskFull))
  }

  func write(to wire: inout WireWriter) throws {
    try cause.write(to: &wire)
    try wire.put(.started, started)
    try wire.put(.ended, ended)
    try wire.put(.node, node)
    if let usage { try wire.put(.usage, usage) }
    try wire.put(.message, message)
    try wire.put(.permanent, isPermanent)
    try wire.put(.logDiskFull, isLogDiskFull)
  }
}

/// Its keys are part of its outcome's object.
extension Cause: WireShape {
  init(wire: WireReader) throws {
    let word: String = try wire.get(.cause)
    switch word {
    case "exit":
      self = Self.number(wire, .code).map { .exit($0) } ?? .lost("exit without a valid code")
    case "signal":
      self =
        Self.number(wire, .signal).map { .signal($0) } ?? .lost("signal without a valid number")
    case "memory": self = .memory
    case "runtime": self = .runtime
    case "cancelled": self = .cancelled(by: try wire.get(.by))
    case "interrupted": self = .interrupted
    case "nodeFailure": self = .nodeFailure
    case "preempted": self = .preempted
    case "launchFailure": self = .launchFailure
    case "lost": self = .lost(try wire.get(.state))
    default: throw wire.wrong(.cause, "is '\(word)', which is not a cause")
    }
  }

  /// An exit code or a signal number, both of which are far below this limit.
  private static func number(_ wire: WireReader, _ key: WireKey) -> Int? {
    guard let number = try? wire.get(key) as Int, Int(Int32.min)...Int(Int32.max) ~= number else {
      return nil
    }
    return number
  }

  func write(to wire: inout WireWriter) throws {
    try wire.put(.cause, word)
    switch self {
    case .exit(let code): try wire.put(.code, code)
    case .signal(let number): try wire.put(.signal, number)
    case .cancelled(let who): try wire.put(.by, who)
    case .lost(let state): try wire.put(.state, state)
    case .memory, .runtime, .interrupted, .nodeFailure, .preempted, .launchFailure: break
    }
  }
}

extension ResourceUsage: WireShape {
  init(wire: WireReader) throws {
    let seconds = ResourceUsage.mostSeconds
    self.init(
      wall: wire.figure(.wall, most: seconds), cpu: wire.figure(.cpu, most: seconds),
      peakMemory: wire.figure(.peakMemory, most: Double(WireNumber.mostMemory)).map { Int64($0) })
  }

  func write(to wire: inout WireWriter) throws {
    try wire.put(.wall, wall)
    try wire.put(.cpu, cpu)
    try wire.put(.peakMemory, peakMemory)
  }
}

extension ResourceVerdict: WireShape {
  init(wire: WireReader) throws {
    let word: String = try wire.get(.verdict)
    switch word {
    case "ok": self = .ok
    case "coerced":
      do {
        self = .coerced(try wire.shape(.resources), why: try wire.get(.why))
      } catch let error as DecodingError {
        self = .impossible(
          why: "its cluster would change the request to invalid values: \(error.sentence)")
      }
    case "impossible": self = .impossible(why: try wire.get(.why))
    default: throw wire.wrong(.verdict, "is '\(word)'; it must be one of ok, coerced, impossible")
    }
  }

  func write(to wire: inout WireWriter) throws {
    switch self {
    case .ok: try wire.put(.verdict, "ok")
    case .coerced(let request, let why):
      try wire.put(.verdict, "coerced")
      try wire.put(.resources, request)
      try wire.put(.why, why)
    case .impossible(let why):
      try wire.put(.verdict, "impossible")
      try wire.put(.why, why)
    }
  }
}

/// Its keys are part of its message's object, like those of ``RecoveryVerdict``.
extension SubmissionVerdict: WireShape {
  init(wire: WireReader) throws {
    let word: String = try wire.get(.verdict)
    switch word {
    case "accepted": self = .accepted(handle: try wire.find(.handle))
    case "rejected": self = .rejected(why: try wire.get(.why))
    case "deferred":
      // An invalid value must not leave the task without an answer.
      let after = (try? wire.get(.after) as Double).map { min(max(0, $0), WireNumber.longestPause) }
      self = .deferred(after: after ?? WireNumber.longestPause, why: try wire.get(.why))
    case "ambiguous": self = .ambiguous(why: try wire.get(.why))
    default:
      throw wire.wrong(.verdict, "is '\(word)'; it must be one of accepted, rejected, deferred, ambiguous")
    }
  }

  func write(to wire: inout WireWriter) throws {
    switch self {
    case .accepted(let handle):
      try wire.put(.verdict, "accepted")
      try wire.put(.handle, handle)
    case .rejected(let why):
      try wire.put(.verdict, "rejected")
      try wire.put(.why, why)
    case .deferred(let after, let why):
      try wire.put(.verdict, "deferred")
      try wire.put(.after, after)
      try wire.put(.why, why)
    case .ambiguous(let why):
      try wire.put(.verdict, "ambiguous")
      try wire.put(.why, why)
    }
  }
}

extension RecoveryVerdict: WireShape {
  init(wire: WireReader) throws {
    let word: String = try wire.get(.verdict)
    switch word {
    case "running": self = .running(node: try wire.find(.node), started: try wire.time(.started))
    case "pending": self = .pending
    case "ended": self = .ended(try wire.shape(.outcome))
    case "absent": self = .absent
    default: throw wire.wrong(.verdict, "is '\(word)'; it must be one of running, pending, ended, absent")
    }
  }

  func write(to wire: inout WireWriter) throws {
    switch self {
    case .running(let node, let started):
      try wire.put(.verdict, "running")
      try wire.put(.node, node)
      try wire.put(.started, started)
    case .pending: try wire.put(.verdict, "pending")
    case .ended(let outcome):
      try wire.put(.verdict, "ended")
      try wire.put(.outcome, outcome)
    case .absent: try wire.put(.verdict, "absent")
    }
  }
}
