/// Why an attempt was the last one of its task in a run.
public enum LastAttempt: Hashable, Codable, Sendable {
  /// All attempts have failed; their number.
  case attemptsUsed(Int)
  /// Another attempt would fail in the same way.
  case certainToFail
  /// The exit code is one of `no_retry_exit_codes`.
  case exitCodeNotRetried(Int)
  /// The exit code is not one of `retry_exit_codes`, which are given.
  case onlyRetried([Int])
  /// The number of failures of the cluster reached its limit; the number.
  case infrastructureFailures(Int)
  /// A person cancelled it.
  case cancelled
  /// No queue accepts a request with more of this resource; why.
  case noRoom(for: ScalableResource, why: String)
  /// The cluster rejects the request. The outcome's message says why.
  case rejected

  /// The word in JSON.
  public var word: String {
    switch self {
    case .attemptsUsed: "attempts_used"
    case .certainToFail: "certain_to_fail"
    case .exitCodeNotRetried, .onlyRetried: "exit_code_not_retried"
    case .infrastructureFailures: "infrastructure_failures"
    case .cancelled: "cancelled"
    case .noRoom: "no_room"
    case .rejected: "rejected"
    }
  }

  /// Text to follow the description of the failure; nil if that is sufficient.
  public var words: String? {
    switch self {
    case .attemptsUsed(1): "the only attempt"
    case .attemptsUsed(let count): "the last of \(count) attempts"
    case .certainToFail: "not retried: another attempt would fail in the same way"
    case .exitCodeNotRetried(let code): "exit code \(code) is not retried"
    case .onlyRetried(let codes):
      "only exit codes \(codes.map(String.init).joined(separator: ", ")) are retried"
    case .infrastructureFailures(let count): "\(count) infrastructure failures"
    case .cancelled: "cancelled tasks are not retried"
    case .noRoom(let resource, let why): "with more \(resource.rawValue): \(why)"
    case .rejected: nil
    }
  }
}
