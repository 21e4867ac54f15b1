import Foundation
import JobmonCore
import Testing
import WorkerProtocol

@testable import SlurmPlugin

/// The executor with a controller that has faults.
@Suite struct SlurmExecutorTests {
  private func job(_ index: Int, _ state: UInt32, restarts: Int = 0, name: String = "t.abcdef012345-0")
    -> SlurmJob
  {
    SlurmJob(
      array: 101, tasks: .one(index), state: state, restarts: restarts, started: 1, name: name, node: "n1")
  }

  @Test func anArrayIsAcceptedMemberByMember() throws {
    let cluster = try FakeCluster()
    cluster.submit(3)
    #expect(cluster.verdict(3) == .accepted(handle: "101_2"))
    let submission = try #require(cluster.controller.world.withLock { $0.submissions.first })
    #expect(submission.array == "0-2")
    #expect(submission.name == "t.abcdef012345-0")
    #expect(!submission.requeue)
  }

  /// Case 10: sizes are rounded up, never down.
  @Test(arguments: [(1, 1), (10 << 20, 10), (10 << 20 | 1, 11), (1 << 40, 1 << 20)] as [(Int64, Int64)])
  func memoryIsRoundedUpToMebibytes(bytes: Int64, mebibytes: Int64) throws {
    let cluster = try FakeCluster()
    cluster.submit(1, resources: ResourceRequest(memory: bytes, runtime: 61))
    _ = cluster.verdict(1)
    let submission = try #require(cluster.controller.world.withLock { $0.submissions.first })
    #expect(submission.memory == mebibytes)
    #expect(submission.minutes == 2)
    // Slurm's limit is 2 minutes, the worker's is 61 s: the warning comes 60 s before the latter.
    #expect(submission.warning == 119)
  }

  /// Case 24: a node that fails repeatedly is avoided.
  @Test func aNodeThatFailsIsAvoided() throws {
    let cluster = try FakeCluster(["exclude": .string("n7")])
    cluster.submit(3)
    _ = cluster.verdict(1)
    for index in 0..<3 { #expect(cluster.claim(index)) }
    cluster.controller.world.withLock { $0.jobs = (0..<3).map { job($0, 7) } }
    #expect(cluster.ended(3)?.cause == .nodeFailure)
    #expect(cluster.ended(1) != nil && cluster.ended(2) != nil)
    cluster.submit(1, token: "abcdef012345-1", first: 10)
    _ = cluster.verdict(10)
    #expect(cluster.controller.world.withLock { $0.submissions.last?.attributes["exclude"] } == "n7,n1")
  }

  /// Law 2: a command on a failed node may continue, and then its result counts.
  @Test func aNodeFailureIsReportedOnlyAfterTheWorkerIsSilent() throws {
    let cluster = try FakeCluster(["silence": .integer(3600)])
    cluster.submit(2)
    _ = cluster.verdict(1)
    #expect(cluster.claim(0))
    cluster.controller.world.withLock { $0.jobs = [job(0, 7), job(1, 7)] }
    // The other task never started there, so its end is decided at once.
    #expect(cluster.ended(2)?.cause == .nodeFailure)
    #expect(cluster.waitForQueries(3))
    #expect(!cluster.hasEnded(1))
    try cluster.report(0, .exit(0))
    #expect(cluster.ended(1)?.cause == .exit(0))
  }

  /// Case 1: it is unknown whether the submission was accepted. The job appears later and starts nothing.
  @Test func aSubmissionWithoutAnswerCannotStartLater() throws {
    let cluster = try FakeCluster()
    cluster.controller.world.withLock { $0.refusals = [SlurmError(.unknown, "timed out")] }
    cluster.submit(2)
    #expect(cluster.verdict(1) == .ambiguous(why: "timed out"))
    cluster.recover([0, 1])
    #expect(cluster.recovered(1) == .absent)
    #expect(cluster.recovered(2) == .absent)
    // The claim that the worker of the late job finds.
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: cluster.folder.claim(0, start: 0)) == "driver"
    )
  }

  /// Case 1: the submission was accepted although no answer arrived.
  @Test func aSubmissionWithoutAnswerIsFoundByItsToken() throws {
    let cluster = try FakeCluster()
    cluster.controller.world.withLock {
      $0.refusals = [SlurmError(.unknown, "timed out")]
      $0.jobs = [job(0, 1), SlurmJob(array: 101, tasks: .pending([1]), state: 0, name: "t.abcdef012345-0")]
    }
    cluster.submit(2)
    #expect(cluster.verdict(1) == .ambiguous(why: "timed out"))
    cluster.recover([0, 1])
    #expect(cluster.recovered(1) == .running(node: "n1", started: Timestamp(milliseconds: 1000)))
    #expect(cluster.recovered(2) == .pending)
  }

  /// Case 31, if no job id was stored: the job is found by its token, cancelled, and waited for.
  @Test func aColdResumeCancelsJobsFoundByToken() throws {
    let cluster = try FakeCluster()
    cluster.controller.world.withLock {
      $0.jobs = [job(0, 1), SlurmJob(array: 101, tasks: .pending([1]), state: 0, name: "t.abcdef012345-0")]
    }
    cluster.recover([0, 1], cancel: true)
    #expect(cluster.cancelled() == ["101"])
    #expect(cluster.said(about: 1) == 0, "no verdict is posted while it runs")
    cluster.controller.world.withLock { $0.jobs = [job(0, 4), job(1, 4)] }
    guard case .ended(let outcome)? = cluster.recovered(1) else {
      Issue.record("its end is not reported")
      return
    }
    #expect(outcome.cause == .interrupted)
  }

  /// Cases 3 and 4: as many tasks as fit are submitted, the rest later.
  @Test func aFullClusterAcceptsSomeAndDefersTheRest() throws {
    let cluster = try FakeCluster()
    cluster.controller.world.withLock { $0.room = 5 }
    cluster.submit(16)
    #expect(cluster.verdict(1) == .accepted(handle: "101_0"))
    guard case .deferred? = cluster.verdict(16) else {
      Issue.record("the rest is not deferred")
      return
    }
    #expect(cluster.controller.world.withLock { $0.submissions.map(\.array) } == ["0-3"])
  }

  /// Case 4: over the limit with no other job submitted is a permanent rejection.
  @Test func aRequestOverTheLimitIsRejected() throws {
    let cluster = try FakeCluster()
    cluster.controller.world.withLock { $0.room = 0 }
    cluster.submit(1)
    #expect(cluster.verdict(1) == .rejected(why: "over the limit"))
  }

  /// Case 4: jobs of the user that jobmon did not submit use up the limit, too.
  @Test func otherJobsOfTheUserDeferARequestOverTheLimit() throws {
    let cluster = try FakeCluster()
    cluster.controller.world.withLock {
      $0.room = 0
      $0.jobs = [SlurmJob(array: 7, tasks: .one(0), state: 1, name: "interactive")]
    }
    cluster.submit(1)
    #expect(cluster.verdict(1) == .deferred(after: 2, why: "over the limit"))
  }

  /// A state of the site that passes is waited for.
  @Test func aPartitionThatIsDownDefersSubmissions() throws {
    let cluster = try FakeCluster()
    cluster.controller.world.withLock { $0.refusals = [SlurmError(.passing, "Partition in DOWN state")] }
    cluster.submit(1)
    #expect(cluster.verdict(1) == .deferred(after: 10, why: "Partition in DOWN state"))
  }

  /// Case 2: a controller that cannot be reached.
  @Test func anUnreachableControllerDefersSubmissions() throws {
    let cluster = try FakeCluster()
    cluster.controller.world.withLock { $0.refusals = [SlurmError(.temporary, "connection refused")] }
    cluster.submit(1)
    #expect(cluster.verdict(1) == .deferred(after: 5, why: "connection refused"))
  }

  /// Case 14: a pending array is one record, from which members separate and disappear one by one.
  @Test func membersMayDisappearOneByOne() throws {
    let cluster = try FakeCluster()
    cluster.submit(3)
    _ = cluster.verdict(1)
    // 0 has ended and is already forgotten, 1 is running, 2 is pending.
    #expect(cluster.claim(0))
    cluster.controller.world.withLock {
      $0.jobs = [job(1, 1), SlurmJob(array: 101, tasks: .pending([2]), state: 0, name: "t.abcdef012345-0")]
    }
    #expect(cluster.wait { if case .started(2, _, _) = $0 { true } else { false } } != nil)
    try cluster.report(0, .exit(0))
    #expect(cluster.ended(1)?.cause == .exit(0))
  }

  /// Case 18: an unknown state is alive.
  @Test func anUnknownStateCountsAsAlive() throws {
    let cluster = try FakeCluster()
    cluster.submit(2)
    _ = cluster.verdict(1)
    cluster.controller.world.withLock { $0.jobs = [job(0, 77)] }
    // The other one has disappeared for long enough to be lost.
    #expect(cluster.ended(2) != nil)
    #expect(cluster.waitForQueries(2))
    #expect(!cluster.hasEnded(1))
    cluster.controller.world.withLock { $0.jobs = [job(0, 7)] }
    #expect(cluster.ended(1)?.cause == .nodeFailure)
  }

  /// Case 19: a job of another batch that has got the same id is ignored.
  @Test func aReusedJobIDIsIgnored() throws {
    let cluster = try FakeCluster()
    cluster.submit(1)
    _ = cluster.verdict(1)
    cluster.controller.world.withLock { $0.jobs = [job(0, 1, name: "somebody.elses")] }
    // The task's own job has disappeared and was never started: it is lost and can no longer start.
    guard case .lost? = cluster.ended(1)?.cause else {
      Issue.record("the job of another batch was used")
      return
    }
    #expect(!cluster.claim(0))
  }

  /// Case 25: a job that Slurm has restarted is judged by its latest start.
  @Test func anOldReportOfARestartedJobIsIgnored() throws {
    let cluster = try FakeCluster(["requeue": .bool(true)])
    cluster.submit(1)
    _ = cluster.verdict(1)
    #expect(cluster.claim(0))
    cluster.controller.world.withLock { $0.jobs = [job(0, 1, restarts: 1)] }
    #expect(cluster.wait { if case .started = $0 { true } else { false } } != nil)
    try cluster.report(0, .signal(15), isTerminated: true)
    #expect(cluster.claim(0, start: 1))
    try cluster.report(0, .exit(0), start: 1)
    #expect(cluster.ended(1)?.cause == .exit(0))
  }

  /// Case 15: while the controller does not answer, nothing changes.
  @Test func aSilentControllerChangesNothing() throws {
    let cluster = try FakeCluster()
    cluster.submit(1)
    _ = cluster.verdict(1)
    #expect(cluster.claim(0))
    cluster.controller.world.withLock { $0.fault = SlurmError(.temporary, "connection refused") }
    #expect(cluster.wait { if case .health(.unavailable) = $0 { true } else { false } } != nil)
    // Three queries take longer than `lost_after`.
    #expect(cluster.waitForQueries(3))
    #expect(!cluster.hasEnded(1))
    cluster.controller.world.withLock {
      $0.fault = nil
      $0.jobs = [job(0, 1)]
    }
    #expect(cluster.wait { $0 == .health(.ready) } != nil)
    try cluster.report(0, .exit(3))
    #expect(cluster.ended(1)?.cause == .exit(3))
  }

  /// Cases 29 and 31: cancellation by array and range. A task that has not started never will.
  @Test func thousandsAreCancelledByRange() throws {
    let cluster = try FakeCluster()
    cluster.submit(3000)
    _ = cluster.verdict(1)
    #expect(cluster.claim(7))
    cluster.cancel((1...2000).map { TaskInstanceID($0) })
    #expect(cluster.ended(2000)?.cause == .interrupted)
    #expect(cluster.cancelled() == ["101_[0-1999]"])
    // 7 has started: the cluster's answer or its report says how it ended.
    try cluster.report(7, .signal(15), isTerminated: true)
    #expect(cluster.ended(8)?.cause == .interrupted)
  }

  /// Case 21: a report that arrives after Slurm shows the job as completed.
  @Test func aLateReportIsRead() throws {
    let cluster = try FakeCluster(["report_delay": .integer(5)])
    cluster.submit(1)
    _ = cluster.verdict(1)
    #expect(cluster.claim(0))
    cluster.controller.world.withLock { $0.jobs = [job(0, 3)] }
    #expect(cluster.waitForQueries(2))
    #expect(!cluster.hasEnded(1))
    try cluster.report(0, .exit(0))
    #expect(cluster.ended(1)?.cause == .exit(0))
  }

  @Test func aCompletedJobWithoutReportIsLost() throws {
    let cluster = try FakeCluster()
    cluster.submit(1)
    _ = cluster.verdict(1)
    #expect(cluster.claim(0))
    cluster.controller.world.withLock { $0.jobs = [job(0, 3)] }
    guard case .lost? = cluster.ended(1)?.cause else {
      Issue.record("it is not reported as lost")
      return
    }
  }
}
