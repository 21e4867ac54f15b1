import Testing

@testable import JobmonGraph
@testable import JobmonModel

struct TaskGraphTests {
  @Test func aSharedSetIsOneJoin() throws {
    var sets = UpstreamSets()
    let all = sets.insert(0..<200)
    let graph = try TaskGraph(
      upstreams: Array(repeating: UpstreamSets.empty, count: 200) + Array(repeating: all, count: 300),
      sets: sets)
    #expect(graph.taskCount == 500)
    #expect(graph.nodeCount == 501)
    #expect(graph.isJoin(500) && !graph.isJoin(499))
    #expect(graph.upstreamCount[500] == 200)
    #expect(graph.upstreamCount[200] == 1)
    #expect(Array(graph.downstream(of: 0)) == [500])
    #expect(Array(graph.downstream(of: 500)) == Array(200..<500))
  }

  @Test func aSetWithOneMemberOrOneUserIsNotAJoin() throws {
    var sets = UpstreamSets()
    let one = sets.insert([0])
    let two = sets.insert([1, 2])
    let graph = try TaskGraph(upstreams: [0, one, one, two], sets: sets)
    #expect(graph.nodeCount == 4)
    #expect(Array(graph.downstream(of: 0)) == [1, 2])
    #expect(Array(graph.upstreamCount) == [0, 1, 1, 2])
  }

  /// Compares with the plain recursive definition, for random DAGs with tasks in random order.
  @Test func bottomLevelsAreLongestPaths() throws {
    var random = SplitMix(state: 17)
    for _ in 0..<200 {
      let count = Int.random(in: 1...40, using: &random)
      let order = Array(0..<Int32(count)).shuffled(using: &random)
      var sets = UpstreamSets()
      var upstreams = [UpstreamSets.ID](repeating: UpstreamSets.empty, count: count)
      var downstreams = [[Int]](repeating: [], count: count)
      var shared: [Int32] = []
      for place in 0..<count {
        let earlier = order[..<place].filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
        // Some tasks have the same upstream set as an earlier task: these are joins.
        let mine = Bool.random(using: &random) ? Array(earlier) : shared
        if Bool.random(using: &random) { shared = Array(earlier) }
        upstreams[Int(order[place])] = sets.insert(mine)
        for task in Set(mine) { downstreams[Int(task)].append(Int(order[place])) }
      }
      let weights = (0..<count).map { _ in Float(Int.random(in: 1...9, using: &random)) }
      var levels = [Float](repeating: 0, count: count)
      for task in order.reversed().map(Int.init) {
        levels[task] = weights[task] + (downstreams[task].map { levels[$0] }.max() ?? 0)
      }
      #expect(try TaskGraph(upstreams: upstreams, sets: sets).bottomLevels(weights: weights) == levels)
    }
  }

  @Test func positionsFollowTheEdges() throws {
    var sets = UpstreamSets()
    let two = sets.insert([0, 1])
    let ordered = try TaskGraph(upstreams: [0, 0, two, two], sets: sets)
    #expect(ordered.positions == nil, "the tasks are already in order")
    let first = sets.insert([2, 3])
    let positions = try #require(try TaskGraph(upstreams: [first, first, 0, 0], sets: sets).positions)
    #expect(max(positions[2], positions[3]) < min(positions[0], positions[1]))
    let itself = sets.insert([0])
    #expect(throws: TaskGraph.Cycle(tasks: [0])) { try TaskGraph(upstreams: [itself], sets: sets) }
  }

  @Test func aCycleIsFoundAmongOtherTasks() throws {
    var sets = UpstreamSets()
    // 0 is free; 1 -> 2 -> 3 -> 1; 4 waits for the cycle without being part of it.
    let upstreams = [0, sets.insert([3, 0]), sets.insert([1]), sets.insert([2]), sets.insert([3])]
    let error = #expect(throws: TaskGraph.Cycle.self) { try TaskGraph(upstreams: upstreams, sets: sets) }
    let tasks = try #require(error?.tasks)
    #expect(Set(tasks) == [1, 2, 3])
    for (task, next) in zip(tasks, tasks.dropFirst() + tasks.prefix(1)) {
      #expect(sets[upstreams[Int(next)]].contains(task), "each task waits for the one before it")
    }
  }
}
