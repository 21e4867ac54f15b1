/// How a task instance ended.
public struct Outcome: Hashable, Codable, Sendable {
  /// Why it ended; `exit(0)` is the only success.
  public var cause: Cause
  /// When the command started, by the wall clock; nil where it never did or nobody has said when.
  public var started: Timestamp?
  /// When the command ended, by the wall clock; nil where nobody has said: then the store keeps when the engine heard
  /// of it.
  public var ended: Timestamp?
  /// The node that it ran on, by the cluster's name; nil where it had none or that is not known.
  public var node: String?
  /// What it used; nil where nothing was measured.
  public var usage: ResourceUsage?
  /// Figures and circumstances for a person, beyond what the cause says.
  public var message: String?
  /// true: another attempt would fail in the same way, so there is none.
  public var isPermanent: Bool?
  /// true: the disk of its log files had no room, so it could not be started, or failed meanwhile.
  public var isLogDiskFull: Bool?

  /// An outcome; all that is not known is left out.
  public init(
    cause: Cause, started: Timestamp? = nil, ended: Timestamp? = nil, node: String? = nil,
    usage: ResourceUsage? = nil, message: String? = nil, isPermanent: Bool? = nil,
    isLogDiskFull: Bool? = nil
  ) {
    self.cause = cause
    self.started = started
    self.ended = ended
    self.node = node
    self.usage = usage
    self.message = message
    self.isPermanent = isPermanent
    self.isLogDiskFull = isLogDiskFull
  }
}

/// What an attempt used, where it was measured. A figure nobody could measure is nil, never zero.
public struct ResourceUsage: Hashable, Codable, Sendable {
  /// Seconds from start to end by the node's clock.
  public var wall: Double?
  /// Processor seconds, user and system, of the command and its descendants.
  public var cpu: Double?
  /// The highest memory use, in bytes.
  public var peakMemory: Int64?

  /// The most seconds that a figure may have: about 300 years.
  package static let mostSeconds = 10_000_000_000.0

  /// What cannot be a figure (negative, not a number, more than `mostSeconds`) is nil.
  public init(wall: Double? = nil, cpu: Double? = nil, peakMemory: Int64? = nil) {
    self.wall = Self.seconds(wall)
    self.cpu = Self.seconds(cpu)
    self.peakMemory = peakMemory.flatMap { $0 < 0 ? nil : $0 }
  }

  /// A time in seconds; nil where it cannot be one.
  package static func seconds(_ figure: Double?) -> Double? {
    figure.flatMap { (0...mostSeconds).contains($0) ? $0 : nil }
  }
}

/// Why a task instance ended.
public enum Cause: Hashable, Codable, Sendable {
  /// The command's own exit code; 0 is success.
  case exit(Int)
  /// A signal that nobody of ours sent.
  case signal(Int)
  /// Ended for using more memory than it asked for.
  case memory
  /// Ended for running longer than it asked for.
  case runtime
  /// Somebody else ended it; who, where that is known.
  case cancelled(by: String)
  /// We ended it ourselves, or it ended with us.
  case interrupted
  /// Its node failed while it had it.
  case nodeFailure
  /// The cluster ended it to make room for other work.
  case preempted
  /// The node could not start it.
  case launchFailure
  /// The cluster no longer knows it, or shows a state without a meaning: the raw state.
  case lost(String)

  /// Whether the task is done.
  public var isSuccess: Bool { self == .exit(0) }

  /// What the retry policy reads. Success has none.
  public var failureClass: FailureClass? {
    switch self {
    case .exit(0): nil
    case .exit, .signal: .application
    case .memory: .resource(.memory)
    case .runtime: .resource(.runtime)
    case .cancelled: .user
    case .interrupted: .ours
    case .nodeFailure, .preempted, .launchFailure, .lost: .infrastructure
    }
  }

  /// The word of results, events and listings.
  public var word: String {
    switch self {
    case .exit: "exit"
    case .signal: "signal"
    case .memory: "memory"
    case .runtime: "runtime"
    case .cancelled: "cancelled"
    case .interrupted: "interrupted"
    case .nodeFailure: "nodeFailure"
    case .preempted: "preempted"
    case .launchFailure: "launchFailure"
    case .lost: "lost"
    }
  }

  /// The command's exit code; nil for causes that have none.
  public var exitCode: Int? { if case .exit(let code) = self { code } else { nil } }

  /// The signal that ended it; nil for causes that have none.
  public var signal: Int? { if case .signal(let number) = self { number } else { nil } }

  /// The exit code or the signal; nil for causes that have neither.
  public var code: Int? { exitCode ?? signal }

  /// Who cancelled it, or the cluster's raw state; nil for causes that have neither.
  public var detail: String? {
    switch self {
    case .cancelled(let who): who
    case .lost(let state): state
    default: nil
    }
  }

  /// A cause from its parts, as they are stored; nil where `word` is none of ``word``.
  public init?(word: String, code: Int?, detail: String?) {
    switch word {
    case "exit": self = .exit(code ?? 0)
    case "signal": self = .signal(code ?? 0)
    case "memory": self = .memory
    case "runtime": self = .runtime
    case "cancelled": self = .cancelled(by: detail ?? "somebody")
    case "interrupted": self = .interrupted
    case "nodeFailure": self = .nodeFailure
    case "preempted": self = .preempted
    case "launchFailure": self = .launchFailure
    case "lost": self = .lost(detail ?? "unknown")
    default: return nil
    }
  }
}

/// The classes of failure; each is answered in its own way.
public enum FailureClass: Hashable, Codable, Sendable {
  /// The command failed: tried again with the same resources.
  case application
  /// It ran out of something: tried again with more of just that.
  case resource(ScalableResource)
  /// Not the command's fault: tried again after a while, on a count of its own.
  case infrastructure
  /// A person ended it: not tried again.
  case user
  /// Ended by this program or with it: tried again at once, and not counted.
  case ours

  /// The word of listings and JSON.
  public var word: String {
    switch self {
    case .application: "application"
    case .resource: "resource"
    case .infrastructure: "infrastructure"
    case .user: "user"
    case .ours: "ours"
    }
  }
}
