import Testing

@testable import JobmonEngine
@testable import JobmonModel
@testable import JobmonStore

@Suite("Commits are cut into short transactions")
struct CommitSlicerTests {
  /// A store whose commits take as long as the test says.
  private final class Store: @unchecked Sendable {
    var time = ContinuousClock.now
    var microsecondsEach = 1
    var slices: [[Transition]] = []
    var lasts: [Bool] = []

    func commit(_ slice: [Transition], isLast: Bool) -> Int64 {
      slices.append(slice)
      lasts.append(isLast)
      time += .microseconds(microsecondsEach * slice.reduce(0) { $0 + $1.changeCount })
      return Int64(slices.count)
    }
  }

  private let store = Store()

  private func slicer() -> CommitSlicer {
    let store = store
    return CommitSlicer { store.time }
  }

  private static func pending(_ transitions: [Transition]) -> CommitSlicer.Pending {
    CommitSlicer.Pending(transitions, order: nil)
  }

  private static func changes(_ count: Int) -> [Transition] {
    (1...count).map { .adopted([TaskInstanceID($0)]) }
  }

  @Test(
    "a large commit becomes several transactions in order, each with its own first seq, and the last is marked"
  )
  func order() throws {
    var slicer = slicer()
    let changes = Self.changes(120_000)
    let written = try slicer.commit(Self.pending(changes), by: store.commit)
    #expect(written.flatMap(\.transitions) == changes)
    #expect(written.map(\.transitions) == store.slices)
    #expect(written.map(\.firstSeq) == Array(1...Int64(store.slices.count)))
    #expect(store.lasts.dropLast().allSatisfy { !$0 } && store.lasts.last == true)
    #expect(store.slices.map(\.count) == [5_000, 10_000, 20_000, 40_000, 45_000])
  }

  @Test("transactions become smaller if the store is slow, and larger if it is fast again")
  func pace() throws {
    var slicer = slicer()
    _ = try slicer.commit(Self.pending(Self.changes(75_000)), by: store.commit)
    store.slices = []
    // 12,500 of these take 50 ms.
    store.microsecondsEach = 4
    _ = try slicer.commit(Self.pending(Self.changes(112_500)), by: store.commit)
    #expect(store.slices.map(\.count) == [50_000, 25_000, 12_500, 12_500, 12_500])
    store.slices = []
    store.microsecondsEach = 1
    _ = try slicer.commit(Self.pending(Self.changes(50_000)), by: store.commit)
    #expect(store.slices.map(\.count) == [12_500, 25_000, 12_500])
  }

  @Test(
    "a transition is never split, small transactions do not change the size, an empty commit is one transaction"
  )
  func edges() throws {
    var slicer = slicer()
    let wide = Transition.tasks(
      (0..<20_000).map { TaskIndex($0) }, from: .registering, to: .fatal, why: .setByHand,
      at: Timestamp(rawValue: 0))
    store.microsecondsEach = 1000
    for _ in 0..<3 { _ = try slicer.commit(Self.pending(Self.changes(10)), by: store.commit) }
    store.microsecondsEach = 1
    _ = try slicer.commit(Self.pending([wide] + Self.changes(5)), by: store.commit)
    #expect(store.slices.map(\.count) == [10, 10, 10, 1, 5])
    #expect(try slicer.commit(Self.pending([]), by: store.commit).map(\.transitions) == [[]])
  }

  @Test("transactions before an error remain committed")
  func errors() {
    var slicer = slicer()
    #expect(throws: StoreError.leaseLost(3)) {
      try slicer.commit(Self.pending(Self.changes(9_000))) { slice, isLast in
        if isLast { throw StoreError.leaseLost(3) }
        return store.commit(slice, isLast: isLast)
      }
    }
    #expect(store.slices.map(\.count) == [5_000])
  }
}
