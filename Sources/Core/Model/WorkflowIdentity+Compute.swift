import Crypto
import Foundation

extension WorkflowIdentity {
  /// Computes the identity of a definition: SHA-256 over length-prefixed, ordered fields.
  ///
  /// Names, resources, attributes, limits and op_args are no part of it. Without workflow_args the empty text counts.
  public init(_ definition: WorkflowDefinition) {
    let header = definition.header
    let templates = definition.templates.map { template -> [UInt8] in
      var fields = Fields()
      fields.append(header.tool)
      fields.append(header.toolVersion)
      fields.append(template.name)
      fields.append(template.commandTemplate)
      for role in [template.nodeArgs, template.taskArgs, template.opArgs] {
        fields.append(String(role.count))
        for name in role { fields.append(name) }
      }
      return fields.digest
    }
    let count = definition.taskCount
    var nodes: [UInt8] = []
    nodes.reserveCapacity(32 * count)
    var tasks: [[UInt8]] = []
    tasks.reserveCapacity(count)
    var fields = Fields()
    for task in 0..<count {
      let place = Int(definition.tasks.template[task])
      let template = definition.templates[place]
      let values = definition.tasks.arguments(task)
      fields.clear()
      fields.append(bytes: templates[place])
      for value in values.prefix(template.nodeArgs.count) { fields.append(value) }
      let node = fields.digest
      nodes.append(contentsOf: node)
      fields.clear()
      fields.append(bytes: node)
      for value in values.dropFirst(template.nodeArgs.count).prefix(template.taskArgs.count) { fields.append(value) }
      tasks.append(fields.digest)
    }

    func node(_ task: Int) -> ArraySlice<UInt8> { nodes[32 * task..<32 * (task + 1)] }
    let sets = (0..<definition.upstreamSets.count).map { set -> [UInt8] in
      let members = definition.upstreamSets[Int32(set)].map { node(Int($0)) }
      return Self.digest(ofSorted: members.map(Array.init))
    }
    let placed = (0..<count).map { Array(node($0)) + sets[Int(definition.tasks.upstreams[$0])] }
    let dag = Self.digest(ofSorted: placed)
    let taskSet = Self.digest(ofSorted: tasks)
    fields.clear()
    fields.append(header.tool)
    fields.append(header.toolVersion)
    fields.append(bytes: dag)
    fields.append(header.workflowArgs ?? "")
    fields.append(bytes: taskSet)
    self.init(
      nodes: nodes, dag: Digest32(bytes: dag), taskSet: Digest32(bytes: taskSet),
      workflow: Digest32(bytes: fields.digest))
  }

  private static func digest(ofSorted parts: [[UInt8]]) -> [UInt8] {
    var hash = SHA256()
    for part in parts.sorted(by: { $0.lexicographicallyPrecedes($1) }) { hash.update(data: part) }
    return Array(hash.finalize())
  }

  /// Fields for one hash: each is preceded by its length, so that ("1", "23") and ("12", "3") differ.
  private struct Fields {
    private var bytes: [UInt8] = []

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    mutating func append(_ text: String) { append(bytes: Array(text.utf8)) }

    mutating func append(bytes field: [UInt8]) {
      withUnsafeBytes(of: UInt64(field.count).bigEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: field)
    }

    var digest: [UInt8] { Array(SHA256.hash(data: bytes)) }
  }
}
