import Foundation
import Testing

@testable import JobmonEngine
@testable import JobmonModel
@testable import JobmonStore

/// What follows a failure that another attempt would repeat.
@Suite struct RetryPolicyTests {
  private let rule = RetryPolicy(
    maxAttempts: 5, retryExitCodes: nil, noRetryExitCodes: [], policy: EnginePolicy())

  private func decide(_ outcome: Outcome) -> RetryPolicy.Decision {
    var setbacks = RetryPolicy.Setbacks()
    return rule.decide(outcome, request: ResourceRequest(memory: 1, runtime: 1), setbacks: &setbacks)
  }

  @Test(arguments: [
    Cause.launchFailure, .exit(1), .signal(9), .memory, .runtime, .nodeFailure, .preempted, .lost("x"),
  ])
  func aPermanentFailureIsFatalAtOnce(cause: Cause) {
    guard case .fatal(let why) = decide(Outcome(cause: cause, isPermanent: true)) else {
      Issue.record("\(cause) is retried")
      return
    }
    #expect(why == .certainToFail)
    for other in [nil, false] {
      if case .fatal = decide(Outcome(cause: cause, isPermanent: other)) {
        Issue.record("\(cause) is not retried")
      }
    }
  }

  @Test func anInterruptedAttemptIsRetried() {
    #expect(decide(Outcome(cause: .interrupted, isPermanent: true)) == .again)
  }

  /// Recordings of runs contain outcomes.
  @Test func anOutcomeOfAnEarlierVersionIsRead() throws {
    let old = Outcome(cause: .launchFailure, message: "m")
    let text = String(decoding: try JSONEncoder().encode(old), as: UTF8.self)
    #expect(!text.contains("isPermanent"))
    #expect(try JSONDecoder().decode(Outcome.self, from: Data(text.utf8)) == old)
  }
}
