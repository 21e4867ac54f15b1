import Foundation
import Testing

@testable import JobmonModel
@testable import JobmonStore

@Suite("The feed: packed changes")
struct ChangeCodingTests {
  private static let row = ChangeDecoder.Row(firstSeq: 5, workflow: 3, run: 2, user: nil)

  private static func unpack(_ bytes: [UInt8], _ row: ChangeDecoder.Row = row, only: TaskID? = nil) throws
    -> [Change]
  {
    try bytes.withUnsafeBytes { bytes in
      var decoder = ChangeDecoder(bytes, row)
      var changes: [Change] = []
      while let change = try decoder.next(only: only) { changes.append(change) }
      return changes
    }
  }

  private static func pack(_ changes: [Change]) throws -> [UInt8] {
    var encoder = ChangeEncoder()
    for change in changes { try encoder.append(change) }
    #expect(encoder.firstSeq == changes.first?.seq && encoder.lastSeq == changes.last?.lastSeq)
    return encoder.bytes
  }

  /// One change of each kind with every payload, numbered with gaps.
  private static let all: [Change] = {
    let times: [Int64] = [1_700_000_000_000, 1_700_000_000_005, 1_699_999_999_000, 0, -1, .max / 2]
    let one = ChangedAttempt(instance: 900, task: 40, attempt: 1)
    let other = ChangedAttempt(instance: 7, task: 1 << 40, attempt: 12)
    func end(_ cause: Cause, _ status: TaskInstanceStatus, _ followUp: FollowUp?, message: String? = nil)
      -> Change.What
    {
      .ended(
        AttemptEnd(
          attempt: other, from: .running, taskStatus: followUp == nil ? .registering : .error, status: status,
          cause: cause, node: "node-\(cause.word)", message: message, followUp: followUp))
    }
    let whats: [Change.What] =
      [
        .instantiated([one, ChangedAttempt(instance: 901, task: 41, attempt: 1), other]),
        .instantiated([]), .launched([ChangedAttempt(instance: 900, task: 40)]),
        .started(ChangedAttempt(instance: 900, task: 40), node: "n1"),
        .started(ChangedAttempt(instance: 7, task: 1 << 40), node: nil),
        .ended(
          AttemptEnd(
            attempt: one, from: .running, taskStatus: .done, status: .done, cause: .exit(0), node: "n1")),
        end(.exit(3), .error, .retry), end(.signal(9), .fatal, .noFurtherAttempt(.attemptsUsed(3))),
        end(.memory, .resourceError, .retryWithMore(.memory), message: "used 2 GiB of 1 GiB"),
        end(.runtime, .resourceError, .noFurtherAttempt(.noRoom(for: .runtime, why: "no queue takes 3 d"))),
        end(.cancelled(by: "ümit"), .fatal, .noFurtherAttempt(.cancelled)),
        end(.interrupted, .killed, nil, message: "the run ended first"),
        end(.nodeFailure, .error, .retryLater(notBefore: Timestamp(rawValue: 12))),
        end(.preempted, .error, .retryLater(notBefore: .now)),
        end(.launchFailure, .noDistributorID, .whenDiskHasRoom),
        end(.launchFailure, .fatal, .noFurtherAttempt(.rejected), message: "no"),
        end(.lost("X"), .unknown, .noFurtherAttempt(.infrastructureFailures(10))),
        end(.exit(4), .fatal, .noFurtherAttempt(.onlyRetried([1, 2]))),
        .tasks([1, 2, 3, 9], from: .pending, to: .fatal, why: .impossible("no queue")),
        .tasks([4], from: .done, to: .pending, why: .setByHand),
        .workflow(from: nil, to: .registering, why: nil),
        .workflow(from: .running, to: .aborted, why: .replaced),
        .run(2, from: .hotResume, to: .running, why: nil),
        .run(2, from: .running, to: .stopped, why: .ended(.stopped(by: "ann"))),
        .stopRequested(2, cancel: true), .stopRequested(2, cancel: false),
        .limit(template: nil, from: nil, to: 0, why: nil),
        .limit(template: "a b", from: 4, to: nil, why: .boundAgain),
      ]
    var seq: Int64 = 5
    return whats.enumerated().map { place, what in
      let change = Change(
        seq: seq, time: Timestamp(rawValue: times[place % times.count]), workflow: 3, run: 2, what)
      seq = change.lastSeq + 1 + Int64(place % 3)
      return change
    }
  }()

  @Test("changes are unpacked as they were packed, one by one and all together")
  func roundTrip() throws {
    #expect(try Self.unpack(Self.pack(Self.all)) == Self.all)
    for change in Self.all {
      let row = ChangeDecoder.Row(firstSeq: change.seq, workflow: 3, run: 2, user: nil)
      #expect(try Self.unpack(Self.pack([change]), row) == [change])
    }
  }

  @Test("the changes of one task are selected, with their own seq numbers")
  func oneTask() throws {
    let bytes = try Self.pack(Self.all)
    for task in [40, 41, 1 << 40, 2, 9, 77] as [TaskID] {
      let expected = Self.all.flatMap(\.events).filter { $0.taskID == task }
      #expect(try Self.unpack(bytes, only: task).flatMap(\.events) == expected)
    }
  }

  @Test("truncated changes are detected, and a changed byte never causes a crash")
  func damage() throws {
    let bytes = try Self.pack(Self.all)
    var found = 0
    for length in bytes.indices {
      if (try? Self.unpack(Array(bytes[..<length])).count) == nil { found += 1 }
    }
    #expect(found > bytes.count / 2)
    var random = SplitMix(state: 1)
    for _ in 0..<2_000 {
      var broken = bytes
      broken[Int.random(in: broken.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      _ = try? Self.unpack(broken).reduce(0) { $0 + $1.count }
    }
  }

  /// Pinned: existing databases contain these bytes.
  @Test("the encoding of the changes of an attempt is fixed")
  func encodingIsFixed() throws {
    let attempt = ChangedAttempt(instance: 300, task: 20, attempt: 1)
    let life: [Change.What] = [
      .instantiated([attempt]), .launched([ChangedAttempt(instance: 300, task: 20)]),
      .started(ChangedAttempt(instance: 300, task: 20), node: "n"),
      .ended(
        AttemptEnd(
          attempt: attempt, from: .running, taskStatus: .done, status: .done, cause: .exit(0), node: "n")),
      .ended(
        AttemptEnd(
          attempt: attempt, from: .running, taskStatus: .fatal, status: .fatal, cause: .exit(2), node: "n",
          followUp: .noFurtherAttempt(.attemptsUsed(1)))),
    ]
    var seq: Int64 = 1
    let bytes = try Self.pack(
      life.map { what in
        defer { seq += Int64(Change(seq: 0, time: .now, workflow: 1, what).count) }
        return Change(seq: seq, time: Timestamp(rawValue: 100), workflow: 1, what)
      })
    let text = bytes.map { String(UInt32($0), radix: 16) }.joined(separator: " ")
    #expect(
      text == """
        1 c8 1 1 d8 4 28 1 0 2 0 1 0 0 0 0 3 0 0 0 1 1 6e 34 0 0 0 1 4 14 0 0 0 1 4 6 8 1 4 65 78 69 74 4 0 0 \
        1 35 7b 22 6e 6f 46 75 72 74 68 65 72 41 74 74 65 6d 70 74 22 3a 7b 22 5f 30 22 3a 7b 22 61 74 74 65 6d 70 \
        74 73 55 73 65 64 22 3a 7b 22 5f 30 22 3a 31 7d 7d 7d 7d
        """)
    #expect(bytes.count < 110)
  }

  @Test("the changes of an attempt take less than 40 bytes, even if attempts are interleaved")
  func size() throws {
    var random = SplitMix(state: 7)
    let lives = (0..<20_000).map { Int64($0) }.shuffled(using: &random)
    var encoder = ChangeEncoder()
    var seq: Int64 = 1
    func append(_ what: Change.What, at time: Int64) throws {
      let change = Change(
        seq: seq, time: Timestamp(rawValue: 1_700_000_000_000 + time), workflow: 1, run: 1, what)
      seq += Int64(change.count)
      try encoder.append(change)
    }
    for wave in stride(from: 0, to: lives.count, by: 500) {
      let ids = lives[wave..<wave + 500]
      let attempts = ids.map {
        ChangedAttempt(instance: 5_000_000 + $0, task: 2_000_000 + $0 * 7, attempt: 1)
      }
      let time = Int64(wave) * 20
      try append(.instantiated(attempts), at: time)
      try append(
        .launched(attempts.map { ChangedAttempt(instance: $0.instance, task: $0.task) }), at: time + 5)
      for attempt in attempts.shuffled(using: &random) {
        let node = "node-\(attempt.task % 30)"
        try append(
          .started(ChangedAttempt(instance: attempt.instance, task: attempt.task), node: node), at: time + 9)
        try append(
          .ended(
            AttemptEnd(
              attempt: attempt, from: .running, taskStatus: .done, status: .done, cause: .exit(0), node: node)
          ),
          at: time + Int64.random(in: 10...9_000, using: &random))
      }
    }
    #expect(Double(encoder.bytes.count) / Double(lives.count) < 40)
  }

  @Test("the feed returns the changes that the committed transitions describe")
  func transitions() throws {
    let fixture = try StoreFixture()
    let store = try fixture.open()
    let workflow = try StoreFixture.bind(StoreFixture.definition(), in: store)
    let run = try StoreFixture.run(workflow, in: store)
    let ids = Array(try store.reserveInstanceIDs(4))
    let transitions: [Transition] = [
      StoreFixture.batch("b"), StoreFixture.start(0, ids[0], batch: "b"),
      .waiting([ids[0]], reason: "Priority"),
      .launched(batch: "b", [LaunchRecord(instance: ids[0], task: 0)], handle: "7", at: .now),
      .started(ids[0], 0, node: "n", at: .now), .usage(ids[0], ResourceUsage(wall: 1)),
      StoreFixture.end(0, ids[0], .exit(1), to: .error, .error, isRetry: true),
      StoreFixture.start(0, ids[1], batch: "b", attempt: 2),
      StoreFixture.end(0, ids[1], .exit(0), to: .done, .done),
      .tasks([1, 2], from: .registering, to: .fatal, why: .impossible("no queue"), at: .now),
    ]
    let before = try store.lastSeq()
    let first = try store.apply(transitions, run: run, synced: false)
    let expected = Transition.changes(
      transitions, firstSeq: first, workflow: workflow, run: run,
      firstTask: try store.load(workflow).firstTask)
    #expect(try store.changes(after: before) == expected)
    // The feed can be continued from any number.
    let events = expected.flatMap(\.events)
    for seq in before...(expected.last!.lastSeq + 1) {
      let rest = try store.changes(after: seq).flatMap(\.events).filter { $0.seq > seq }
      #expect(rest == events.filter { $0.seq > seq })
    }
    #expect(try store.changes(after: 0, of: workflow).suffix(expected.count) == expected[...])
    #expect(try store.changes(after: 0, of: 99).isEmpty)
    #expect(try store.changes(after: 0, limit: 1).count == 1)
  }
}
