import Foundation
import Synchronization
import Testing

@testable import JobmonEngine
@testable import JobmonGraph
@testable import JobmonModel
@testable import JobmonStore

@Suite("Background commits of a run in simulated time")
struct CommitBehindTests {
  private static func change(_ number: Int) -> [Transition] { [.adopted([TaskInstanceID(number)])] }

  @Test("each commit is returned by the next wait, with its first seq, in order")
  func order() throws {
    let written = Mutex<[[Transition]]>([])
    let behind = CommitBehind(order: nil) { transitions in
      written.withLock {
        $0.append(transitions)
        return Int64($0.count)
      }
    }
    #expect(try behind.finish().isEmpty)
    for number in 1...50 {
      #expect(try behind.begin(Self.change(number), isComplete: false).isEmpty)
      let told = try behind.finish()
      #expect(told.map(\.firstSeq) == [Int64(number)])
      #expect(told.map(\.transitions) == [Self.change(number)])
    }
    #expect(try behind.finish().isEmpty)
    #expect(written.withLock { $0 } == (1...50).map(Self.change))
  }

  @Test("the run continues during a commit")
  func runsDuringCommit() throws {
    let gate = DispatchSemaphore(value: 0)
    let behind = CommitBehind(order: nil) { _ in
      gate.wait()
      return 7
    }
    // This would never return if it waited for the commit.
    _ = try behind.begin(Self.change(1), isComplete: false)
    gate.signal()
    #expect(try behind.finish().map(\.firstSeq) == [7])
  }

  @Test("with an order, changes of open attempts wait for the next commit or the last one")
  func open() throws {
    let made = Transition.instantiated(
      batch: "b", [AttemptRecord(instance: 1, task: 0, index: 0, attempt: 1, from: .registering)],
      at: Timestamp(rawValue: 0))
    let other = Self.change(9)
    let behind = CommitBehind(order: AttemptOrder(try TaskGraph(upstreams: [0], sets: UpstreamSets()))) { _ in
      1
    }
    #expect(try behind.begin([made], isComplete: false).isEmpty)
    #expect(try behind.finish().isEmpty)
    #expect(try behind.begin(other, isComplete: false).isEmpty)
    #expect(try behind.begin([made], isComplete: true).isEmpty)
    #expect(try behind.begin([], isComplete: true).map(\.transitions) == [[made] + other])
    #expect(try behind.finish().map(\.transitions) == [[made]])
    #expect(try behind.finish().isEmpty)
  }

  @Test("an error is thrown once, by the next wait, and nothing is committed after it")
  func errors() throws {
    let written = Mutex(0)
    let behind = CommitBehind(order: nil) { transitions in
      if transitions == Self.change(2) { throw StoreError.leaseLost(3) }
      return written.withLock {
        $0 += 1
        return Int64($0)
      }
    }
    #expect(try behind.begin(Self.change(1), isComplete: false).isEmpty)
    #expect(try behind.begin(Self.change(2), isComplete: false).isEmpty)
    #expect(try behind.begin(Self.change(3), isComplete: false).map(\.firstSeq) == [1])
    #expect(throws: StoreError.leaseLost(3)) { try behind.finish() }
    #expect(try behind.finish().isEmpty)
    #expect(written.withLock { $0 } == 1)
  }
}
