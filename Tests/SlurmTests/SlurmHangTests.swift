import Foundation
import JobmonCore
import Synchronization
import Testing
import WorkerProtocol

@testable import SlurmPlugin

/// A folder that does not answer stops only its own tasks.
@Suite struct SlurmHangTests {
  private static let hung = "abcdef012345-0"
  private static let other = "abcdef012345-1"

  /// Blocks readers of one batch's folder until it is opened.
  private final class Gate: Sendable {
    private let isShut = Mutex(false)
    private let waiting = Mutex(0)

    func shut() { isShut.withLock { $0 = true } }
    func open() { isShut.withLock { $0 = false } }

    var isAwaited: Bool { waiting.withLock { $0 > 0 } }

    func pass(_ folder: BatchFolder) {
      guard folder.path.hasSuffix(SlurmHangTests.hung) else { return }
      waiting.withLock { $0 += 1 }
      while isShut.withLock({ $0 }) { usleep(2000) }
      waiting.withLock { $0 -= 1 }
    }

    /// Whether a reader waits at the closed gate.
    func waitForReader() -> Bool {
      for _ in 0..<5000 {
        if isAwaited { return true }
        usleep(2000)
      }
      return false
    }
  }

  private func job(_ token: String, _ state: UInt32) -> SlurmJob {
    SlurmJob(array: 101, tasks: .one(0), state: state, started: 1, name: "t.\(token)", node: "n1")
  }

  @Test(.timeLimit(.minutes(2))) func otherTasksAreNotDelayed() throws {
    let gate = Gate()
    let cluster = try FakeCluster(willRead: gate.pass)
    defer { gate.open() }
    cluster.submit(1, token: Self.hung, first: 1)
    #expect(cluster.verdict(1) == .accepted(handle: "101_0"))
    #expect(cluster.claim(0))
    gate.shut()
    cluster.controller.world.withLock { $0.jobs = [job(Self.hung, 3)] }
    #expect(gate.waitForReader())
    // Submitted, started, cancelled and ended while the other folder is being read.
    cluster.submit(2, token: Self.other, first: 10)
    #expect(cluster.verdict(10) == .accepted(handle: "102_0"))
    cluster.controller.world.withLock { $0.jobs = [job(Self.hung, 3), job(Self.other, 1)] }
    #expect(cluster.wait { if case .started(10, _, _) = $0 { true } else { false } } != nil)
    cluster.cancel([1])
    #expect(cluster.wait { $0 == .cancelled(1, .requested) } != nil)
    try cluster.report(0, .exit(0), token: Self.other)
    #expect(cluster.ended(10)?.cause == .exit(0))
    cluster.cancel([11])
    #expect(cluster.ended(11)?.cause == .interrupted)
    #expect(!cluster.hasEnded(1))
    #expect(
      cluster.wait {
        if case .log(.warning, let text) = $0 {
          text.contains("batch \(Self.hung) has not answered")
        } else {
          false
        }
      } != nil)
    // The folder answers again.
    try cluster.report(0, .exit(0))
    gate.open()
    #expect(cluster.ended(1)?.cause == .exit(0))
  }

  @Test(.timeLimit(.minutes(2))) func theWatchdogDoesNotWaitForFolders() throws {
    let gate = Gate()
    let deaths = Mailbox<Void>()
    let controller = FakeController { $0.messageTimeout = 0.1 }
    let cluster = try FakeCluster(controller: controller, willRead: gate.pass, die: { deaths.post([()]) })
    defer {
      gate.open()
      controller.world.withLock { $0.hangs = false }
    }
    cluster.submit(1, token: Self.hung)
    _ = cluster.verdict(1)
    gate.shut()
    #expect(gate.waitForReader())
    controller.world.withLock { $0.hangs = true }
    #expect(deaths.take(within: 30_000).count == 1)
  }
}
