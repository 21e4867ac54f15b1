import Foundation
import JobmonModel

/// Converts the entries under `tasks` to tasks, and their `upstream` items to sets.
struct EntryReader {
  static let keys = [
    "template", "name", "args", "for_each", "for_each_row", "upstream", "attributes", "cluster_name",
    "compute_resources", "resource_scales", "max_attempts", "fallback_queues", "priority",
  ]
  /// The keys of an entry on a line of JSON.
  static let lineKeys = keys + ["id", "upstream_ids"]

  private(set) var definition: WorkflowDefinition
  let params: [String: String]
  let directory: String
  /// The tasks of the entries that have an id.
  private(set) var ids: [ExactText: EntryTasks] = [:]
  private let templateIndices: [String: Int]
  /// Tasks and upstream items of each entry. They are resolved when all tasks are known.
  private var entries: [(tasks: Range<Int>, upstream: Upstream)] = []

  private enum Upstream {
    case node(FileNode)
    /// As text, because a million parsed lines would need too much memory.
    case line(String, number: Int, file: String)

    func node() throws -> FileNode {
      switch self {
      case .node(let node): return node
      case .line(var text, let number, let file):
        let node = try text.withUTF8 { try FileNode.parse(line: $0, number: number, file: file) }
        return node.named("upstream")
      }
    }

    var text: String? {
      if case .line(let text, _, _) = self { text } else { nil }
    }
  }

  init(definition: WorkflowDefinition, params: [String: String], directory: String) {
    self.definition = definition
    self.params = params
    self.directory = directory
    templateIndices = Dictionary(
      definition.templates.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  mutating func read(_ tasks: FileNode) throws {
    for entry in try tasks.items("a list of entries") { try read(entry: entry, keys: Self.keys) }
  }

  /// Reads one entry per line.
  ///
  /// - Parameter isFramed: whether the last line must be `{"end": true}`, so that a truncated stream is detected.
  mutating func read(_ lines: LineStream, isFramed: Bool = false) throws {
    var hasEnded = false
    while true {
      let entry = try lines.next { line -> FileNode? in
        if TextLines.isBlank(line) { return nil }
        return try FileNode.parse(line: line, number: lines.number, file: lines.name)
      }
      guard let entry else { break }
      guard let entry else { continue }
      if hasEnded { throw entry.refusal(TextFault.hasMoreAfterEnd) }
      if isFramed, try Self.isEnd(entry) {
        hasEnded = true
      } else {
        try read(entry: entry, keys: Self.lineKeys)
      }
    }
    if isFramed, !hasEnded {
      throw RunRefusal(TextFault.noEnd, in: FilePlace(lines.name, line: max(1, lines.number)))
    }
  }

  private static func isEnd(_ entry: FileNode) throws -> Bool {
    guard entry.isMapping, entry.has("end") else { return false }
    let fields = try entry.fields(["end"], of: "the last line")
    guard try fields["end"]?.bool() == true else { throw entry.refusal(TextFault.badEnd) }
    return true
  }

  /// Resolves the upstream items of the entries. Call it when all tasks are known.
  mutating func finish() throws {
    guard !entries.isEmpty else { return }
    var resolver = UpstreamResolver(definition: definition, params: params)
    // Sets that are the same for all tasks of a template, by the text of their items.
    var shared: [String: UpstreamSets.ID] = [:]
    for entry in entries where !entry.tasks.isEmpty {
      let start = entry.tasks.lowerBound
      // The meaning of a placeholder depends on the template.
      let key = entry.upstream.text.map { "\(definition.tasks.template[start]) \($0)" }
      if let key, let known = shared[key] {
        resolver.add(known, to: entry.tasks)
      } else if let common = try resolver.resolve(try entry.upstream.node(), of: entry.tasks), let key {
        shared[key] = common
      }
    }
    definition = resolver.definition
  }

  private mutating func read(entry: FileNode, keys: [String]) throws {
    let fields = try entry.fields(keys, of: "an entry of tasks")
    guard let templateNode = fields["template"] else {
      throw entry.refusal(WorkflowFileFault.needs("template", owner: entry.path.isEmpty ? nil : entry.path))
    }
    let templateName = try templateNode.string()
    guard let index = templateIndices[templateName] else {
      let names = definition.templates.map(\.name)
      throw templateNode.member(
        WorkflowFileFault.unknownTemplate(
          templateName, nearest: Suggestion.nearest(to: templateName, among: names), known: names))
    }
    let template = definition.templates[index]
    let columns = try ForEach(fields["for_each"], rows: fields["for_each_row"], directory: directory)
    let sources = try argumentSources(template, fields["args"], columns, entry)
    let scope = columns.names + template.arguments.filter { !columns.names.contains($0) }
    let names = scope + params.keys.sorted().filter { !scope.contains($0) }
    let paramValues = names.dropFirst(scope.count).map { params[$0]! }
    let nameText = try fields["name"].map { try Interpolation(try $0.string(), names: names, at: $0) }
    let settings = try LevelReader.settings(fields, prefix: "")
    var attributes: [String: String] = [:]
    for (key, value) in try fields["attributes"]?.members("a mapping of names to texts") ?? [] {
      attributes[key] = try value.argumentText()
    }

    let start = definition.taskCount
    guard columns.count <= WorkflowDefinition.mostTasks - start else {
      throw entry.member(
        WorkflowFileFault.tooManyTasks(
          columns.count == .max ? nil : columns.count, most: WorkflowDefinition.mostTasks))
    }
    definition.tasks.reserveCapacity(start + columns.count)
    try columns.eachRow { row in
      let values = sources.map { $0.text(row) }
      let own = columns.names.indices.map { row[$0] }
      let scopeValues =
        own
        + template.arguments.indices.filter { !columns.names.contains(template.arguments[$0]) }.map {
          values[$0]
        }
      let name: String
      if let nameText {
        name = nameText.text(names, scopeValues + paramValues)
        if let fault = TaskName.givenFault(name) { throw fields["name"]!.refusal(fault) }
      } else {
        name = TaskName.standard(template: template.name, arguments: template.nodeArgs, values: values)
      }
      definition.tasks.append(
        template: index, name: name.utf8.count > TaskName.longest ? TaskName.legal(name) : name,
        arguments: values,
        settings: settings, attributes: attributes)
    }
    try note(fields, start..<definition.taskCount, entry)
  }

  /// Records the upstream items and the id of an entry.
  private mutating func note(_ fields: [String: FileNode], _ tasks: Range<Int>, _ entry: FileNode) throws {
    if let earlier = fields["upstream_ids"] {
      var members: [TaskIndex] = []
      for item in try earlier.items("a list of ids") {
        let id = try item.argumentText()
        guard let known = ids[ExactText(id)] else {
          throw item.member(WorkflowFileFault.unknownID(id))
        }
        members += known.indices
      }
      let set = definition.upstreamSets.insert(members)
      for task in tasks { definition.tasks.setUpstreams(task, set) }
    }
    if let upstream = fields["upstream"] {
      let kept = try entry.line.map { Upstream.line(try upstream.json(), number: $0, file: entry.file) }
      entries.append((tasks, kept ?? .node(upstream)))
    }
    if let node = fields["id"] {
      let id = try node.argumentText()
      guard ids.updateValue(EntryTasks(tasks), forKey: ExactText(id)) == nil else {
        throw node.refusal(WorkflowFileFault.repeatedID(id))
      }
    }
  }

  /// The source of an argument's value.
  private enum Source {
    case column(Int)
    case fixed(String)
    /// Text that contains columns of the same entry, and parameters.
    case interpolated(Interpolation, names: [String], params: [String])

    func text(_ row: [String]) -> String {
      switch self {
      case .column(let index): row[index]
      case .fixed(let text): text
      case .interpolated(let text, let names, let params): text.text(names, row + params)
      }
    }
  }

  /// The source of each argument's value, in the order of the template's arguments.
  private func argumentSources(
    _ template: TaskTemplate, _ args: FileNode?, _ columns: ForEach, _ entry: FileNode
  )
    throws -> [Source]
  {
    var given: [String: FileNode] = [:]
    for (key, value) in try args?.members("a mapping of arguments to values") ?? [] { given[key] = value }
    func unknown(_ name: String, at node: FileNode) -> RunRefusal {
      node.refusal(MemberFault(entry.path, template.unknownArgument(name)))
    }
    for (name, value) in given where !template.arguments.contains(name) { throw unknown(name, at: value) }
    for name in columns.names where !template.arguments.contains(name) {
      throw unknown(name, at: columns.node ?? entry)
    }
    let paramNames = params.keys.sorted().filter { !columns.names.contains($0) }
    let names = columns.names + paramNames
    return try template.arguments.map { argument in
      if let index = columns.names.firstIndex(of: argument) {
        if let twice = given[argument] {
          throw twice.member(WorkflowFileFault.givenByForEach(argument))
        }
        return .column(index)
      }
      if let value = given[argument] {
        let text = try value.argumentText()
        guard !value.isSequence,
          text.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") })
        else { return .fixed(text) }
        return .interpolated(
          try Interpolation(text, names: names, at: value), names: names,
          params: paramNames.map { params[$0]! })
      }
      if let value = params[argument] { return .fixed(value) }
      throw entry.member(WorkflowFileFault.noValue(template.missingArgument(argument)))
    }
  }
}
