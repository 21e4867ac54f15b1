import Testing

@testable import JobmonEngine
@testable import JobmonGraph
@testable import JobmonModel
@testable import JobmonStore

@Suite("Changes are committed attempt by attempt")
struct AttemptOrderTests {
  private static let time = Timestamp(rawValue: 0)

  /// A run of a random DAG: changes in order, in waves of ready tasks.
  private struct Run {
    var changes: [Transition] = []
    /// By task.
    var upstreams: [[TaskIndex]]
    let graph: TaskGraph
    /// The task of each attempt, and whether the attempt completed it.
    var taskOf: [TaskInstanceID: TaskIndex] = [:]

    init(_ count: Int, isNumberedInOrder: Bool, _ random: inout SplitMix) throws {
      let order =
        isNumberedInOrder ? Array(0..<Int32(count)) : Array(0..<Int32(count)).shuffled(using: &random)
      var sets = UpstreamSets()
      var ids = [UpstreamSets.ID](repeating: UpstreamSets.empty, count: count)
      upstreams = Array(repeating: [], count: count)
      for place in 1..<count {
        let mine = Set(
          (0..<Int.random(in: 0...3, using: &random)).map { _ in
            order[Int.random(in: 0..<place, using: &random)]
          })
        upstreams[Int(order[place])] = mine.sorted()
        ids[Int(order[place])] = sets.insert(mine.sorted())
      }
      graph = try TaskGraph(upstreams: ids, sets: sets)
      var isDone = [Bool](repeating: false, count: count)
      var attempts = [Int](repeating: 0, count: count)
      var running: [TaskInstanceID] = []
      var isBusy = Set<TaskIndex>()
      while isDone.contains(false) {
        let ready = (0..<Int32(count)).filter { task in
          !isDone[Int(task)] && !isBusy.contains(task) && upstreams[Int(task)].allSatisfy { isDone[Int($0)] }
        }.shuffled(using: &random).prefix(Int.random(in: 1...40, using: &random))
        let made = ready.enumerated().map { index, task in
          attempts[Int(task)] += 1
          isBusy.insert(task)
          let instance = TaskInstanceID(taskOf.count + 1)
          taskOf[instance] = task
          return AttemptRecord(
            instance: instance, task: task, index: index, attempt: attempts[Int(task)], from: .registering)
        }
        if !made.isEmpty {
          let token = "\(changes.count)"
          changes.append(
            .batch(BatchRecord(token: token, cluster: "c", template: 0, request: ResourceRequest())))
          changes.append(.instantiated(batch: token, made, at: time))
          changes.append(
            .launched(
              batch: token, made.map { LaunchRecord(instance: $0.instance, task: $0.task) }, handle: nil,
              at: time))
          for attempt in made where Bool.random(using: &random) {
            changes.append(.started(attempt.instance, attempt.task, node: nil, at: time))
          }
          running += made.map(\.instance)
        }
        running.shuffle(using: &random)
        for instance in running.suffix(Int.random(in: 0...running.count, using: &random)) {
          let task = taskOf[instance]!
          let isRetry = Int.random(in: 0..<10, using: &random) == 0
          changes.append(.ended(end(instance, task, isDone: !isRetry)))
          if Bool.random(using: &random) { changes.append(.usage(instance, ResourceUsage())) }
          isDone[Int(task)] = !isRetry
          isBusy.remove(task)
          running.removeAll { $0 == instance }
        }
      }
    }

    /// Whether all upstream tasks of each task begun in `committed` are done there.
    func keepsOrder(_ committed: [Transition]) -> Bool {
      var done = Set<TaskIndex>()
      var begun = Set<TaskIndex>()
      for change in committed {
        switch change {
        case .instantiated(_, let attempts, _): begun.formUnion(attempts.map(\.task))
        case .ended(let end): if end.taskStatus == .done { done.insert(end.task) }
        default: break
        }
      }
      return begun.allSatisfy { upstreams[Int($0)].allSatisfy(done.contains) }
    }
  }

  private static func end(_ instance: TaskInstanceID, _ task: TaskIndex, isDone: Bool) -> EndRecord {
    EndRecord(
      instance: instance, task: task, attempt: 1, outcome: Outcome(cause: .exit(isDone ? 0 : 1)),
      instanceStatus: isDone ? .done : .error, from: .running, taskStatus: isDone ? .done : .registering,
      followUp: isDone ? nil : .retry, at: time)
  }

  /// The changes of each attempt, in order. Batches are collected separately.
  private static func byAttempt(_ changes: [Transition]) -> [TaskInstanceID: [Transition]] {
    var changesOf: [TaskInstanceID: [Transition]] = [:]
    for change in changes {
      switch change {
      case .instantiated(let batch, let attempts, let at):
        for attempt in attempts {
          changesOf[attempt.instance, default: []].append(.instantiated(batch: batch, [attempt], at: at))
        }
      case .launched(let batch, let launches, let handle, let at):
        for launch in launches {
          changesOf[launch.instance, default: []].append(
            .launched(batch: batch, [launch], handle: handle, at: at))
        }
      case .started(let instance, _, _, _), .usage(let instance, _):
        changesOf[instance, default: []].append(change)
      case .ended(let end): changesOf[end.instance, default: []].append(change)
      case .batch: changesOf[0, default: []].append(change)
      default: Issue.record("\(change)")
      }
    }
    return changesOf
  }

  private static func slices(_ changes: [Transition], _ graph: TaskGraph, limit: Int) throws -> [[Transition]]
  {
    var queue = try #require(AttemptOrder(graph).queue(changes))
    var slices: [[Transition]] = []
    while !queue.isEmpty { slices.append(queue.next(limit)) }
    return slices
  }

  @Test(
    "each attempt is in one transaction, after the attempts it depends on, and no change is lost",
    arguments: [true, false])
  func order(isNumberedInOrder: Bool) throws {
    var random = SplitMix(state: 3)
    for _ in 0..<40 {
      let run = try Run(
        Int.random(in: 2...300, using: &random), isNumberedInOrder: isNumberedInOrder, &random)
      let slices = try Self.slices(run.changes, run.graph, limit: Int.random(in: 1...200, using: &random))
      #expect(Self.byAttempt(slices.flatMap { $0 }) == Self.byAttempt(run.changes))
      for end in slices.indices { #expect(run.keepsOrder(Array(slices[...end].joined()))) }
      let attempts = slices.map { Set(Self.byAttempt($0).keys.filter { $0 > 0 }) }
      #expect(attempts.reduce(0) { $0 + $1.count } == run.taskOf.count)
    }
  }

  @Test("independent chains are committed one after the other, in time order and within the size limit")
  func chains() throws {
    var sets = UpstreamSets()
    let upstreams = [0, sets.insert([0]), 0, sets.insert([2])]
    let graph = try TaskGraph(upstreams: upstreams, sets: sets)
    func made(_ tasks: [TaskIndex]) -> Transition {
      .instantiated(
        batch: "b",
        tasks.map {
          AttemptRecord(instance: Int64($0) + 1, task: $0, index: 0, attempt: 1, from: .registering)
        }, at: Self.time)
    }
    func ended(_ task: TaskIndex) -> Transition { .ended(Self.end(Int64(task) + 1, task, isDone: true)) }
    let changes = [made([2, 0]), ended(2), ended(0), made([1, 3]), ended(3), ended(1)]
    #expect(
      try Self.slices(changes, graph, limit: 6) == [
        [made([0]), ended(0), made([1]), ended(1)], [made([2]), ended(2), made([3]), ended(3)],
      ])
    #expect(try Self.slices(changes, graph, limit: 1).count == 4)
    #expect(try Self.slices(changes, graph, limit: 100) == [changes])
  }

  @Test("changes of tasks without an attempt are not reordered")
  func tasks() throws {
    let graph = try TaskGraph(upstreams: [0], sets: UpstreamSets())
    let changes: [Transition] = [
      .adopted([4]), .tasks([0], from: .registering, to: .fatal, why: .setByHand, at: Self.time),
    ]
    #expect(AttemptOrder(graph).queue(changes) == nil)
  }

  @Test("changes of an open attempt wait for at most one commit, and none precedes a change it depends on")
  func open() throws {
    var random = SplitMix(state: 5)
    for _ in 0..<40 {
      let run = try Run(Int.random(in: 2...200, using: &random), isNumberedInOrder: false, &random)
      var open = OpenAttempts()
      var committed: [Transition] = []
      var rest = run.changes[...]
      var before: [Transition] = []
      while !rest.isEmpty {
        let next = Array(rest.prefix(Int.random(in: 1...150, using: &random)))
        rest = rest.dropFirst(next.count)
        committed += open.exchange(next, isComplete: rest.isEmpty)
        #expect(run.keepsOrder(committed))
        let changesOf = Self.byAttempt(committed)
        for (instance, changes) in Self.byAttempt(before) {
          #expect(changesOf[instance]?.starts(with: changes) == true)
        }
        before += next
      }
      #expect(Self.byAttempt(committed) == Self.byAttempt(run.changes))
    }
  }
}
