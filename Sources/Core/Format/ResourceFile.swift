import JobmonModel

/// A resource file that workflow files include, as written by `create_resource_yaml` and read by the original Jobmon.
struct ResourceFile {
  private static let keys = [
    "tool_resources", "task_template_resources", "tool_resource_scales", "task_template_resource_scales",
  ]

  private let fields: [String: FileNode]
  private let name: String

  init(_ path: FileNode, directory: String) throws {
    let name = WorkflowFile.absolute(try path.string(), in: directory)
    self.name = name
    do {
      fields = try FileNode.parse(try WorkflowFile.text(path: name), file: name)
        .fields(Self.keys, of: "a resource file")
    } catch let refusal as RunRefusal where refusal.line == nil {
      throw path.refusal(WorkflowFileFault.badInclude(name, reason: refusal.message))
    }
  }

  /// Sets values that the workflow file does not set.
  ///
  /// - Returns: warnings about templates that the workflow does not have. They are ignored because several workflows
  ///   may share a resource file.
  func apply(to definition: inout WorkflowDefinition) throws -> [String] {
    var unknown: [String] = []
    var tool = TaskSettings()
    if let node = fields["tool_resources"] { tool.computeResources = try LevelReader.resourceMaps(node) }
    if let node = fields["tool_resource_scales"] { tool.resourceScales = try LevelReader.scaleMaps(node) }
    definition.header.toolSettings = tool.under(definition.header.toolSettings)
    for (name, node) in try fields["task_template_resources"]?.members("templates with resources") ?? [] {
      try apply(to: name, in: &definition, &unknown) {
        $0.computeResources = try LevelReader.resourceMaps(node)
      }
    }
    for (name, node) in try fields["task_template_resource_scales"]?.members("templates with scales") ?? [] {
      try apply(to: name, in: &definition, &unknown) { $0.resourceScales = try LevelReader.scaleMaps(node) }
    }
    let known = definition.templates.map(\.name)
    return unknown.map { template in
      "\(name) has resources for template '\(template)', which this workflow does not have: ignored"
        + (Suggestion.nearest(to: template, among: known).map { "; did you mean '\($0)'?" } ?? "")
    }
  }

  private func apply(
    to template: String, in definition: inout WorkflowDefinition, _ unknown: inout [String],
    _ read: (inout TaskSettings) throws -> Void
  ) throws {
    var settings = TaskSettings()
    try read(&settings)
    guard let index = definition.templates.firstIndex(where: { $0.name == template }) else {
      if !unknown.contains(template) { unknown.append(template) }
      return
    }
    definition.templates[index].settings = settings.under(definition.templates[index].settings)
  }
}

extension TaskSettings {
  /// `other`, with missing values taken from these settings, by key and cluster.
  func under(_ other: TaskSettings) -> TaskSettings {
    var result = other
    // Values of the file for every cluster override included values for one cluster.
    let own = other.computeResources[Self.anyCluster]
    for (cluster, resources) in computeResources {
      var known = other.computeResources[cluster] ?? ComputeResources()
      if cluster != Self.anyCluster, let own { known = known.over(own) }
      result.computeResources[cluster] = known.over(resources)
    }
    let ownScales = other.resourceScales[Self.anyCluster] ?? [:]
    for (cluster, scales) in resourceScales {
      let known = (other.resourceScales[cluster] ?? [:]).merging(ownScales) { mine, _ in mine }
      result.resourceScales[cluster] = scales.merging(known) { _, known in known }
    }
    return result
  }
}
