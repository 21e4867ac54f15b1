import JobmonModel
import JobmonStore

extension WfFormat {
  /// Maximum number of edges in an instance, which lists each of them.
  private static let mostEdges = 20_000_000

  /// Converts a workflow of the store to an instance. The execution of a task is its last attempt, if that was
  /// successful.
  ///
  /// - Parameter attempts: the last attempt of each task that had one, by index.
  /// - Throws: ``RunRefusal`` if the workflow has too many edges.
  public init(_ stored: StoredWorkflow, attempts: [TaskIndex: AttemptRow], version: String, user: String)
    throws
  {
    let definition = stored.definition
    let count = definition.taskCount
    let sets = definition.upstreamSets
    let edges = definition.tasks.upstreams.reduce(0) { $0 + sets[$1].count }
    guard edges <= Self.mostEdges else {
      throw RunRefusal(TraceFault.tooManyEdges(edges, workflow: stored.record.id))
    }
    func id(_ task: TaskIndex) -> String {
      let template = definition.templates[Int(definition.tasks.template[Int(task)])].name
      let legal = template.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" }
      return String(legal) + "_" + String(Int(task) + 100_000_001).dropFirst()
    }
    let ids = (0..<TaskIndex(count)).map(id)
    var children = [[String]](repeating: [], count: count)
    for (task, set) in definition.tasks.upstreams.enumerated() {
      for parent in sets[set] { children[Int(parent)].append(ids[task]) }
    }
    var tasks: [Task] = []
    var executions: [Execution] = []
    var nodes: Set<String> = []
    var (first, last) = (Int64.max, Int64.min)
    for task in 0..<count {
      let template = definition.templates[Int(definition.tasks.template[task])].name
      tasks.append(
        Task(
          name: template, id: ids[task],
          parents: sets[definition.tasks.upstreams[task]].map { ids[Int($0)] }, children: children[task],
          inputFiles: [], outputFiles: []))
      guard let attempt = attempts[TaskIndex(task)], attempt.status == .done else { continue }
      let seconds =
        attempt.usage?.wall
        ?? attempt.started.map { start in Double((attempt.ended ?? start).rawValue - start.rawValue) / 1000 }
      if let start = attempt.started?.rawValue {
        first = min(first, start)
        last = max(last, attempt.ended?.rawValue ?? start)
      }
      if let node = attempt.node { nodes.insert(node) }
      executions.append(
        Execution(
          id: ids[task], runtimeInSeconds: seconds ?? 0, executedAt: attempt.started?.iso8601,
          command: Command(program: "/bin/sh", arguments: ["-c", definition.command(task)]),
          coreCount: Double(attempt.request.cores),
          avgCPU: attempt.usage?.cpu.flatMap { cpu in seconds.flatMap { $0 > 0 ? cpu / $0 * 100 : nil } },
          memoryInBytes: attempt.usage?.peakMemory.map(Double.init), machines: attempt.node.map { [$0] }))
    }
    let record = stored.record
    self.init(
      name: record.name,
      description: definition.header.description ?? "Workflow \(record.id) of \(record.tool)",
      createdAt: Timestamp.now.iso8601, schemaVersion: version,
      author: Author(name: user, email: "\(user)@localhost.localdomain"),
      runtimeSystem: RuntimeSystem(name: "Jobmon", version: record.toolVersion),
      workflow: Body(
        specification: Specification(tasks: tasks, files: []),
        execution: executions.isEmpty
          ? nil
          : Executions(
            makespanInSeconds: first <= last ? Double(last - first) / 1000 : 0,
            executedAt: (first <= last ? Timestamp(rawValue: first) : .now).iso8601, tasks: executions,
            machines: nodes.isEmpty ? nil : nodes.sorted().map { Machine(nodeName: $0, system: "linux") })))
  }
}
