extension WorkflowDefinition {
  /// Checks that no node (template and node_args) occurs twice in the workflow.
  ///
  /// It sorts the hashes of the nodes and compares only neighbours, so a million tasks need 16 MB and no dictionary.
  package func checkUniqueness() throws {
    let nodeArgCounts = templates.map(\.nodeArgs.count)
    var nodes: [(hash: Int, task: TaskIndex)] = []
    nodes.reserveCapacity(taskCount)
    for task in 0..<taskCount {
      let template = Int(tasks.template[task])
      var hasher = Hasher()
      hasher.combine(template)
      tasks.withTexts(task) { texts in
        for argument in 0..<nodeArgCounts[template] {
          hasher.combine(texts[argument + 1].count)
          hasher.combine(bytes: UnsafeRawBufferPointer(texts[argument + 1]))
        }
      }
      nodes.append((hasher.finalize(), TaskIndex(task)))
    }
    nodes.sort { ($0.hash, $0.task) < ($1.hash, $1.task) }
    // If there are several faults, the first in the definition is reported. Hashes differ from one process to the next
    // and must not decide this.
    var first: (task: Int, other: Int)?
    var start = 0
    for index in nodes.indices.dropFirst() {
      if nodes[index].hash != nodes[start].hash {
        start = index
        continue
      }
      let task = Int(nodes[index].task)
      guard first.map({ task < $0.task }) ?? true else { continue }
      if let other = nodes[start..<index].first(where: { isSameNode(Int($0.task), task, nodeArgCounts) }) {
        first = (task, Int(other.task))
      }
    }
    if let first { throw repetition(of: first.other, by: first.task) }
  }

  private func isSameNode(_ one: Int, _ other: Int, _ nodeArgCounts: [Int]) -> Bool {
    guard tasks.template[one] == tasks.template[other] else { return false }
    return tasks.withTexts(one) { left in
      tasks.withTexts(other) { right in
        (1..<1 + nodeArgCounts[Int(tasks.template[one])]).allSatisfy { left[$0].elementsEqual(right[$0]) }
      }
    }
  }

  private func repetition(of first: Int, by second: Int) -> DefinitionError {
    let template = templates[Int(tasks.template[first])]
    let values = [tasks.arguments(first), tasks.arguments(second)]
    let names = [tasks.name(first), tasks.name(second)]
    func differing(_ indices: Range<Int>) -> Int? { indices.first { values[0][$0] != values[1][$0] } }
    if template.nodeArgs.isEmpty {
      let index = differing(template.arguments.indices)
      return .noNodeArgs(
        template: template.name, tasks: names, differing: index.map { template.arguments[$0] })
    }
    let node = zip(template.nodeArgs, values[0]).map { "\($0)=\($1)" }.joined(separator: ", ")
    let nodeCount = template.nodeArgs.count
    guard let index = differing(nodeCount..<nodeCount + template.taskArgs.count) else {
      return .repeatedNode(template: template.name, node: node, tasks: names)
    }
    return .differingTaskArgs(
      template: template.name, node: node, tasks: names, argument: template.arguments[index],
      values: [values[0][index], values[1][index]])
  }
}
