extension WorkflowIdentity {
  /// Computes the identity of a definition: SHA-256 over length-prefixed, ordered fields.
  ///
  /// Names of the workflow and its tasks, resources, attributes, limits and op_args are not part of it, and neither is
  /// the order of tasks, upstreams or the arguments of a role. Missing workflow_args count as an empty text.
  public init(_ definition: WorkflowDefinition) {
    let header = definition.header
    var hash = FieldHash()
    let templates = definition.templates.map { TemplateIdentity($0, header: header, &hash) }
    let count = definition.taskCount

    var nodes = HashColumn(count)
    var tasks = HashColumn(count)
    for task in 0..<count {
      let template = templates[Int(definition.tasks.template[task])]
      definition.tasks.withTexts(task) { texts in
        hash.begin("node")
        hash.add(template.version)
        for index in template.nodeArgs { hash.add(texts[index + 1]) }
        nodes.append(&hash)
        hash.begin("task")
        hash.add(nodes[task])
        for index in template.taskArgs { hash.add(texts[index + 1]) }
        tasks.append(&hash)
      }
    }

    // Sorted once. The members of a set are then sorted by rank instead of by hash.
    let order = nodes.sortedIndices()
    var ranks = [Int32](repeating: 0, count: count)
    for (index, task) in order.enumerated() { ranks[Int(task)] = Int32(index) }
    var sets = HashColumn(definition.upstreamSets.count)
    var members: [Int32] = []
    for set in 0..<definition.upstreamSets.count {
      members.removeAll(keepingCapacity: true)
      for task in definition.upstreamSets[Int32(set)] { members.append(ranks[Int(task)]) }
      members.sort()
      hash.begin("upstreams")
      for index in members { hash.add(nodes[Int(order[Int(index)])]) }
      sets.append(&hash)
    }

    hash.begin("dag")
    for task in order {
      hash.add(nodes[Int(task)])
      hash.add(sets[Int(definition.tasks.upstreams[Int(task)])])
    }
    let dag = hash.finish()
    hash.begin("tasks")
    for task in tasks.sortedIndices() { hash.add(tasks[Int(task)]) }
    let taskSet = hash.finish()
    hash.begin("workflow")
    hash.add(header.tool)
    hash.add(header.toolVersion)
    hash.add(dag[...])
    hash.add(header.workflowArgs ?? "")
    hash.add(taskSet[...])
    self.init(
      nodes: nodes.bytes, dag: Digest32(bytes: dag), taskSet: Digest32(bytes: taskSet),
      workflow: Digest32(bytes: hash.finish()))
  }
}

/// The part of a template in the identity of its tasks.
private struct TemplateIdentity {
  /// Hash of its tool version, text and argument roles.
  let version: ArraySlice<UInt8>
  /// Indices of the values in a task's arguments, in the order of the arguments' names.
  let nodeArgs: [Int]
  let taskArgs: [Int]

  init(_ template: TaskTemplate, header: WorkflowHeader, _ hash: inout FieldHash) {
    hash.begin("template")
    hash.add(header.tool)
    hash.add(header.toolVersion)
    hash.add(template.name)
    hash.add(template.commandTemplate)
    for role in [template.nodeArgs, template.taskArgs, template.opArgs] {
      hash.add(String(role.count))
      for name in role.sorted() { hash.add(name) }
    }
    version = hash.finish()[...]
    func indices(_ role: [String], from start: Int) -> [Int] {
      role.indices.sorted { role[$0] < role[$1] }.map { start + $0 }
    }
    nodeArgs = indices(template.nodeArgs, from: 0)
    taskArgs = indices(template.taskArgs, from: template.nodeArgs.count)
  }
}

/// Computes one hash after the other over fields. Each is preceded by its length, so that ("1", "23") and ("12", "3")
/// differ. The first field is the kind of object. The buffer is reused from hash to hash.
private struct FieldHash {
  private var buffer: [UInt8] = []
  private let digest = SHA256()
  private static let bufferSize = 1 << 16

  mutating func begin(_ kind: String) {
    buffer.removeAll(keepingCapacity: true)
    digest.begin()
    add(kind)
  }

  mutating func add(_ text: String) { add(text.utf8) }

  mutating func add(_ field: some Collection<UInt8>) {
    if buffer.count >= Self.bufferSize { flush() }
    withUnsafeBytes(of: UInt64(field.count).bigEndian) { buffer.append(contentsOf: $0) }
    buffer.append(contentsOf: field)
  }

  /// Calls `body` with the hash's 32 bytes.
  mutating func finish<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    flush()
    return digest.finish(body)
  }

  mutating func finish() -> [UInt8] { finish { Array($0) } }

  private mutating func flush() {
    buffer.withUnsafeBytes { digest.add($0) }
    buffer.removeAll(keepingCapacity: true)
  }
}

/// Many hashes, stored contiguously.
private struct HashColumn {
  private(set) var bytes: [UInt8] = []

  init(_ count: Int) { bytes.reserveCapacity(32 * count) }

  mutating func append(_ hash: inout FieldHash) { hash.finish { bytes.append(contentsOf: $0) } }

  subscript(index: Int) -> ArraySlice<UInt8> { bytes[32 * index..<32 * (index + 1)] }

  /// The indices in the order of their hashes. The first eight bytes nearly always decide.
  func sortedIndices() -> [Int32] {
    var keys = (0..<bytes.count / 32).map { index in
      (first: self[index].prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }, index: Int32(index))
    }
    keys.sort {
      $0.first != $1.first
        ? $0.first < $1.first : self[Int($0.index)].lexicographicallyPrecedes(self[Int($1.index)])
    }
    return keys.map(\.index)
  }
}
