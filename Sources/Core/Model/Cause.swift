/// Why a task instance ended.
public enum Cause: Hashable, Codable, Sendable {
  /// The command exited with this code; 0 is success.
  case exit(Int)
  /// The command was ended by a signal that jobmon did not send.
  case signal(Int)
  /// Ended because it used more memory than requested.
  case memory
  /// Ended because it ran longer than requested.
  case runtime
  /// Ended by somebody else: by whom, if known.
  case cancelled(by: String)
  /// Ended by jobmon, or together with it.
  case interrupted
  /// Its node failed during the attempt.
  case nodeFailure
  /// The cluster ended it in favour of other work.
  case preempted
  /// It could not be started on the node.
  case launchFailure
  /// The cluster no longer knows it, or reports an unknown state: the raw state.
  case lost(String)

  /// Whether the attempt succeeded.
  public var isSuccess: Bool { self == .exit(0) }

  /// The class that the retry policy uses; nil for success.
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

  /// The word in results, events and listings.
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

  /// How it ended, short enough for a column: the exit code, the signal, or the word.
  public var shortText: String {
    switch self {
    case .exit(let code): String(code)
    case .signal(let number): "signal \(number)"
    default: word
    }
  }

  /// The command's exit code; nil for other causes.
  public var exitCode: Int? { if case .exit(let code) = self { code } else { nil } }

  /// The number of the signal that ended it; nil for other causes.
  public var signal: Int? { if case .signal(let number) = self { number } else { nil } }

  /// The exit code or the signal; nil for causes that have neither.
  public var code: Int? { exitCode ?? signal }

  /// Who cancelled it, or the cluster's raw state; nil for other causes.
  public var detail: String? {
    switch self {
    case .cancelled(let who): who
    case .lost(let state): state
    default: nil
    }
  }

  /// A cause from its stored parts; nil if `word` is not a ``word`` of any cause.
  public init?(word: String, code: Int?, detail: String?) {
    switch word {
    case "exit": self = .exit(code ?? 0)
    case "signal": self = .signal(code ?? 0)
    case "memory": self = .memory
    case "runtime": self = .runtime
    case "cancelled": self = .cancelled(by: detail ?? "an unknown user")
    case "interrupted": self = .interrupted
    case "nodeFailure": self = .nodeFailure
    case "preempted": self = .preempted
    case "launchFailure": self = .launchFailure
    case "lost": self = .lost(detail ?? "unknown")
    default: return nil
    }
  }
}
