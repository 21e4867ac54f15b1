import JobmonCore

/// `engine-runs NAME`: runs only the engine, on a cluster that is a loop, for one fixed workflow. There is no clock, no
/// store and no thread: under callgrind it takes the same number of instructions every time.
@main
struct EngineRuns {
  /// The fixed workflows. If one changes, its instructions must be counted again (Bench/instructions).
  enum Name: String, CaseIterable {
    /// 10,000 tasks without upstream tasks.
    case flat
    /// 100 chains of 100, where each task fails once before it succeeds.
    case chains
    /// 20 layers of 500 tasks, each task after all tasks of the previous layer, on 100 nodes.
    case layers

    func upstreams(of task: Int) -> [TaskIndex] {
      switch self {
      case .flat: return []
      case .chains: return task % 100 == 0 ? [] : [TaskIndex(task - 1)]
      case .layers:
        let layer = task / 500
        return layer == 0 ? [] : ((layer - 1) * 500..<layer * 500).map { TaskIndex($0) }
      }
    }
  }

  static func main() throws {
    guard CommandLine.arguments.count == 2, let name = Name(rawValue: CommandLine.arguments[1]) else {
      print("usage: engine-runs \(Name.allCases.map(\.rawValue).joined(separator: "|"))")
      return
    }
    let plan = try plan((0..<10_000).map(name.upstreams), nodes: name == .layers ? 100 : 1)
    var run = Run(engine: Engine(plan), failsFirst: name == .chains)
    try run.go()
    print("\(name): \(run.ended) attempts")
  }

  private static func plan(_ upstreams: [[TaskIndex]], nodes: Int) throws -> EnginePlan {
    var sets = UpstreamSets()
    let ids = upstreams.map { sets.insert($0) }
    let description = ExecutorDescription(
      maxBatch: 1000,
      placement: .core((0..<nodes).map { ClusterNode(name: "n\($0)", cores: 400 / nodes, memory: 1 << 40) }),
      outlivesDriver: false)
    return EnginePlan(
      graph: try TaskGraph(upstreams: ids, sets: sets), template: upstreams.map { _ in 0 },
      profile: upstreams.map { _ in 0 }, statuses: upstreams.map { _ in .registering },
      templates: [EnginePlan.TemplatePolicy(limit: nil)],
      profiles: [
        EnginePlan.TaskProfile(
          cluster: 0,
          settings: ResolvedSettings(
            request: ResourceRequest(), scales: [:], fallbackQueues: [], maxAttempts: 3))
      ],
      clusters: [EnginePlan.ClusterPlan(name: "loop", description: description)], tokenPrefix: "run",
      started: Instant(monotonic: 0, wall: Timestamp(milliseconds: 0)))
  }
}

/// A run on a cluster where every attempt ends one second after its submission.
struct Run {
  var engine: Engine
  /// Whether the first attempt of each task fails.
  let failsFirst: Bool
  var ended = 0
  private var now = Instant(monotonic: 0, wall: Timestamp(milliseconds: 0))
  private var nextID: TaskInstanceID = 1

  init(engine: Engine, failsFirst: Bool) {
    self.engine = engine
    self.failsFirst = failsFirst
  }

  mutating func go() throws {
    var events: [EngineEvent] = [.begin, ids(1024)]
    while !engine.isFinished {
      let actions = try engine.turn(events, now: now)
      events = []
      for action in actions {
        switch action {
        case .reserveInstanceIDs(let count): events.append(ids(count))
        case .submit(let submission):
          events.append(
            .executor(0, .submitted(submission.attempts.map(\.instance), .accepted(handle: nil))))
          for attempt in submission.attempts {
            let code = failsFirst && attempt.attempt == 1 ? 1 : 0
            events.append(.executor(0, .started(attempt.instance, node: attempt.node, at: now.wall)))
            events.append(.executor(0, .ended(attempt.instance, Outcome(cause: .exit(code)))))
            ended += 1
          }
        default: break
        }
      }
      now.monotonic += 1000
      now.wall = Timestamp(milliseconds: now.wall.rawValue + 1000)
    }
  }

  private mutating func ids(_ count: Int) -> EngineEvent {
    defer { nextID += TaskInstanceID(count) }
    return .instanceIDs(nextID..<nextID + TaskInstanceID(count))
  }
}
