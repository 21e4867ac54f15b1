import Foundation

/// Workflow files, in YAML or JSON.
public enum WorkflowFile {
  /// What the command line sets over the file.
  public struct Overrides: Sendable {
    /// `--set name=value`: parameters.
    public var set: [String: String]
    public var workflowArgs: String?

    public init(set: [String: String] = [:], workflowArgs: String? = nil) {
      self.set = set
      self.workflowArgs = workflowArgs
    }
  }

  static let keys = [
    "tool", "tool_version", "name", "description", "workflow_args", "workflow_attributes",
    "working_directory",
    "params", "max_concurrently_running", "default_cluster_name", "default_max_attempts",
    "default_compute_resources", "default_resource_scales", "default_fallback_queues", "task_templates",
    "tasks",
  ]

  /// Reads a file; paths in it are relative to it.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_file` and the place, or `not_found`.
  public static func read(path: String, overrides: Overrides = Overrides()) throws -> WorkflowDefinition {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      let exists = FileManager.default.fileExists(atPath: path)
      throw RunRefusal(
        .invalidFile, exists ? "the file cannot be read" : "there is no such file", file: path)
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw RunRefusal(.invalidFile, "the file is not UTF-8 text", file: path)
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return try read(text: text, name: path, directory: folder, overrides: overrides)
  }

  /// Reads a file's text.
  public static func read(text: String, name: String, directory: String, overrides: Overrides = Overrides())
    throws
    -> WorkflowDefinition
  {
    let root = try FileNode.parse(text, file: name)
    let fields = try root.fields(keys, of: "a workflow file")
    for key in ["tool", "task_templates", "tasks"] where fields[key] == nil {
      throw root.fault("a workflow file needs '\(key)'")
    }
    let params = try parameters(fields["params"], overrides: overrides)
    var header = WorkflowHeader(
      tool: try fields["tool"]!.string(), name: try fields["name"]?.string() ?? fields["tool"]!.string())
    if let version = try fields["tool_version"]?.string() { header.toolVersion = version }
    header.description = try fields["description"]?.string()
    if let value = fields["workflow_args"] {
      let names = params.keys.sorted()
      header.workflowArgs = try Interpolation(value.argumentText(), names: names, at: value)
        .text(names, names.map { params[$0]! })
    }
    if let workflowArgs = overrides.workflowArgs { header.workflowArgs = workflowArgs }
    for (key, value) in try fields["workflow_attributes"]?.members("a mapping of names to texts") ?? [] {
      header.attributes[key] = try value.argumentText()
    }
    header.workingDirectory = try fields["working_directory"].map { absolute(try $0.string(), in: directory) }
    header.maxConcurrentlyRunning = try fields["max_concurrently_running"]?.integer(atLeast: 0)
    header.settings = try LevelReader.settings(fields, prefix: "default_")

    var definition = WorkflowDefinition(header: header, templates: try templates(fields["task_templates"]!))
    var entries = EntryReader(definition: definition, params: params, directory: directory)
    try entries.read(fields["tasks"]!)
    definition = entries.definition
    return definition
  }

  static func absolute(_ path: String, in directory: String) -> String {
    if path.hasPrefix("/") { return path }
    if path == "~" || path.hasPrefix("~/") { return HomeFolder.path + path.dropFirst() }
    return URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: directory)).standardizedFileURL.path
  }

  private static func parameters(_ node: FileNode?, overrides: Overrides) throws -> [String: String] {
    var params: [String: String] = [:]
    for (key, value) in try node?.members("a mapping of names to values") ?? [] {
      guard ArgumentName.isValid(key) else { throw value.fault("'\(key)' is no name of a parameter") }
      params[key] = try value.argumentText()
    }
    for name in overrides.set.keys.sorted() where params[name] == nil {
      let nearest = Suggestion.nearest(to: name, among: params.keys).map { "; did you mean '\($0)'?" }
      throw RunRefusal(
        .invalidUsage, "--set \(name): the file has no such parameter under params\(nearest ?? "")",
        file: node?.file)
    }
    return params.merging(overrides.set) { _, set in set }
  }

  private static func templates(_ node: FileNode) throws -> [TaskTemplate] {
    let keys = [
      "command_template", "node_args", "task_args", "op_args", "max_concurrently_running",
      "default_cluster_name",
      "default_max_attempts", "default_compute_resources", "default_resource_scales",
      "default_fallback_queues",
      "retry_exit_codes", "no_retry_exit_codes",
    ]
    return try node.members("a mapping of template names to templates").map { name, body in
      let fields = try body.fields(keys, of: "a task template")
      guard let command = fields["command_template"] else {
        throw body.fault("\(body.path) needs a command_template")
      }
      let template = TaskTemplate(
        name: name, commandTemplate: try command.string(), nodeArgs: try fields["node_args"]?.strings() ?? [],
        taskArgs: try fields["task_args"]?.strings() ?? [], opArgs: try fields["op_args"]?.strings() ?? [],
        maxConcurrentlyRunning: try fields["max_concurrently_running"]?.integer(atLeast: 0),
        settings: try LevelReader.settings(fields, prefix: "default_"),
        retryExitCodes: try fields["retry_exit_codes"]?.items("a list of exit codes").map {
          try $0.integer()
        },
        noRetryExitCodes: try fields["no_retry_exit_codes"]?.items("a list of exit codes").map {
          try $0.integer()
        } ?? [])
      do { try template.validate() } catch let refusal as RunRefusal { throw command.fault(refusal.message) }
      return template
    }
  }
}
