import JobmonModel

/// Decides what follows a failure: a pure function of its class and of earlier failures.
struct RetryPolicy: Sendable {
  /// A task's failures in this run.
  struct Setbacks: Hashable, Sendable {
    /// Failures that use up an attempt: application and resource.
    var counted = 0
    var infrastructure = 0
    var memory = 0
    var runtime = 0
  }

  enum Decision: Hashable, Sendable {
    /// Retry at once.
    case again
    /// Retry after this many milliseconds.
    case later(Int64)
    /// Retry with more of the resource that ran out.
    case scaled(ScalableResource)
    case fatal(LastAttempt)
  }

  var maxAttempts: Int
  var retryExitCodes: [Int]?
  var noRetryExitCodes: [Int]
  var policy: EnginePolicy

  /// Counts the failure in `setbacks` and decides.
  func decide(_ outcome: Outcome, request: ResourceRequest, setbacks: inout Setbacks) -> Decision {
    guard var failure = outcome.cause.failureClass else { return .again }
    // A resource that was not requested cannot be scaled.
    if failure == .resource(.memory), request.memory == nil { failure = .application }
    if failure == .resource(.runtime), request.runtime == nil { failure = .application }
    if outcome.isPermanent == true, failure != .ours {
      return .fatal(.certainToFail)
    }
    switch failure {
    case .application:
      setbacks.counted += 1
      if case .exit(let code) = outcome.cause {
        if noRetryExitCodes.contains(code) { return .fatal(.exitCodeNotRetried(code)) }
        if let retryExitCodes, !retryExitCodes.contains(code) {
          return .fatal(.onlyRetried(retryExitCodes))
        }
      }
      return setbacks.counted < maxAttempts ? .again : lastAttempt
    case .resource(let resource):
      setbacks.counted += 1
      switch resource {
      case .memory: setbacks.memory += 1
      case .runtime: setbacks.runtime += 1
      }
      return setbacks.counted < maxAttempts ? .scaled(resource) : lastAttempt
    case .infrastructure:
      setbacks.infrastructure += 1
      if setbacks.infrastructure >= policy.infrastructureAttempts {
        return .fatal(.infrastructureFailures(policy.infrastructureAttempts))
      }
      return .later(policy.backoff(after: setbacks.infrastructure))
    case .user:
      return .fatal(.cancelled)
    case .ours:
      return .again
    }
  }

  private var lastAttempt: Decision { .fatal(.attemptsUsed(maxAttempts)) }
}

extension ResourceScale {
  /// The request after the `failures`-th failure for lack of the resource (bytes or seconds).
  ///
  /// - Parameter most: the maximum result of a factor.
  func apply(to old: Int64, failures: Int, most: Int64 = .max) -> Int64 {
    switch self {
    case .factor(let factor):
      return min(Int64(nearest: (Double(old) * (1 + factor)).rounded(.up)), most)
    case .list(let values):
      return values.isEmpty ? old : values[min(max(0, failures - 1), values.count - 1)]
    // The callback is asked by ``EngineAction/resolve(_:)``.
    case .callback: return old
    }
  }

  /// The number of failures that corresponds to a failed amount of an earlier run: its position in a list, so that the
  /// next amount is tried.
  func failures(upTo failed: Int64) -> Int {
    guard case .list(let amounts) = self else { return 1 }
    return 1 + amounts.count { $0 <= failed }
  }
}

extension ResolvedSettings {
  /// `request` with more of the resource that ran out.
  func scaled(_ request: ResourceRequest, _ resource: ScalableResource, failures: Int) -> ResourceRequest {
    var request = request
    let scale = scales[resource] ?? .standard
    switch resource {
    case .memory:
      request.memory = request.memory.map {
        scale.apply(to: $0, failures: failures, most: MemorySize.largest)
      }
    case .runtime:
      request.runtime = request.runtime.map {
        scale.apply(to: $0, failures: failures, most: RuntimeSpan.longest)
      }
    }
    return request
  }
}
