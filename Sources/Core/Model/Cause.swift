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

  /// How it ended, as short as a column: the exit code, the signal, else the word.
  public var shortText: String {
    switch self {
    case .exit(let code): String(code)
    case .signal(let number): "signal \(number)"
    default: word
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
