import Foundation
import JobmonModel

/// Reads workflow files in YAML or JSON.
public enum WorkflowFile {
  /// Values that override those of the file.
  public struct Overrides: Sendable {
    /// Values of parameters, by name.
    public var set: [String: String]
    /// Replaces the `workflow_args` of the file; nil keeps them.
    public var workflowArgs: String?

    /// Creates overrides. Without arguments, the file is read unchanged.
    public init(set: [String: String] = [:], workflowArgs: String? = nil) {
      self.set = set
      self.workflowArgs = workflowArgs
    }
  }

  static let keys = [
    "tool", "tool_version", "name", "description", "workflow_args", "workflow_attributes",
    "working_directory",
    "params", "include", "max_concurrently_running", "default_cluster_name", "default_max_attempts",
    "default_compute_resources", "default_resource_scales", "default_fallback_queues", "default_priority",
    "on_finish", "task_templates", "tasks",
  ]
  /// The key in a head that announces the last line `{"end": true}` of its stream.
  private static let framed = "framed"
  static let templateKeys = [
    "command_template", "node_args", "task_args", "op_args", "max_concurrently_running",
    "default_cluster_name", "default_max_attempts", "default_compute_resources", "default_resource_scales",
    "default_fallback_queues", "default_priority", "retry_exit_codes", "no_retry_exit_codes",
  ]

  /// A workflow read from a file, with data that are not part of its definition.
  public struct Document: Sendable {
    /// The workflow. Its templates are checked; the rest is checked when it is validated.
    public var definition: WorkflowDefinition
    /// The tasks of the entries that have an id (lines of JSON).
    public var ids: [(id: String, tasks: EntryTasks)]
    /// Warnings for the user about the file's contents.
    public var warnings: [String] = []
  }

  /// The path that means standard input.
  public static let standardInput = "-"

  /// Reads a file. Paths in it are relative to its folder.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_file`, the line and the column, or `not_found`.
  public static func read(path: String, overrides: Overrides = Overrides()) throws -> WorkflowDefinition {
    try document(path: path, overrides: overrides).definition
  }

  /// Reads a file or standard input. From standard input, it reads a head document (a JSON object, or YAML up to a line
  /// `---` or the end), then one entry per line. Paths are relative to the file's folder, or to the working directory.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_file`, the line and the column.
  public static func document(path: String, overrides: Overrides = Overrides()) throws -> Document {
    if path == standardInput {
      let lines = try LineStream(path: path)
      let head = try HeadReader.head(of: lines)
      return try document(
        head: head, entries: lines, directory: OSFile.currentFolder, overrides: overrides)
    }
    let text = try text(path: path)
    // A pipe has no folder, so its text is treated like that of a program.
    let isFile = isRegularFile(path)
    let directory = isFile ? folder(of: path) : OSFile.currentFolder
    var document = try document(
      head: try FileNode.parse(text, file: path), directory: directory, overrides: overrides)
    if isFile {
      document.definition.header.projectFolder = directory
      document.definition.header.workingDirectory = document.definition.header.workingDirectory ?? directory
    }
    return document
  }

  private static func isRegularFile(_ path: String) -> Bool {
    OSFile.status(path).map { $0.st_mode & S_IFMT == S_IFREG } ?? false
  }

  /// Reads the text of a workflow file.
  public static func read(text: String, name: String, directory: String, overrides: Overrides = Overrides())
    throws
    -> WorkflowDefinition
  {
    try document(
      head: try FileNode.parse(text, file: name), directory: directory, overrides: overrides
    ).definition
  }

  static func document(
    head: FileNode, entries lines: LineStream? = nil, directory: String, overrides: Overrides
  ) throws -> Document {
    // Only a stream can be truncated.
    let known = lines == nil ? keys : keys + [framed]
    let fields = try head.fields(known, of: "a workflow file")
    let needed = ["tool", "task_templates"] + (lines == nil ? ["tasks"] : [])
    for key in needed where fields[key] == nil { throw head.refusal(WorkflowFileFault.missingKey(key)) }
    let params = try parameters(fields["params"], overrides: overrides)
    var header = try header(fields, params: params, directory: directory)
    if let workflowArgs = overrides.workflowArgs { header.workflowArgs = workflowArgs }

    var definition = WorkflowDefinition(header: header, templates: try templates(fields["task_templates"]!))
    var warnings: [String] = []
    for path in try fields["include"]?.items("a list of files") ?? [] {
      warnings += try ResourceFile(path, directory: directory).apply(to: &definition)
    }
    var reader = EntryReader(definition: definition, params: params, directory: directory)
    definition.templates = []
    if let tasks = fields["tasks"] {
      if tasks.isMapping {
        let source = try tasks.fields(["lines"], of: "tasks")
        guard let file = source["lines"] else {
          throw tasks.refusal(
            MemberFault("tasks", ValueFault.expected("a list of entries, or {lines: FILE}")))
        }
        let path = absolute(try file.string(), in: directory)
        guard OSFile.can(path, R_OK) else {
          throw file.refusal(MemberFault("tasks.lines", WorkflowFileFault.unreadableFile(path)))
        }
        try reader.read(try LineStream(path: path))
      } else {
        try reader.read(tasks)
      }
    }
    if let lines { try reader.read(lines, isFramed: try fields[framed]?.bool() ?? false) }
    try reader.finish()
    return Document(definition: reader.definition, ids: reader.ids.map { ($0.text, $1) }, warnings: warnings)
  }

  private static func header(_ fields: [String: FileNode], params: [String: String], directory: String) throws
    -> WorkflowHeader
  {
    var header = WorkflowHeader(
      tool: try fields["tool"]!.string(), name: try fields["name"]?.string() ?? fields["tool"]!.string())
    if let version = try fields["tool_version"]?.string() { header.toolVersion = version }
    header.description = try fields["description"]?.string()
    if let value = fields["workflow_args"] {
      let names = params.keys.sorted()
      header.workflowArgs = try Interpolation(value.argumentText(), names: names, at: value)
        .text(names, names.map { params[$0]! })
    }
    for (key, value) in try fields["workflow_attributes"]?.members("a mapping of names to texts") ?? [] {
      header.attributes[key] = try value.argumentText()
    }
    header.workingDirectory = try fields["working_directory"].map { absolute(try $0.string(), in: directory) }
    header.maxConcurrentlyRunning = try fields["max_concurrently_running"]?.integer(atLeast: 0)
    header.onFinish = try fields["on_finish"]?.string()
    header.settings = try LevelReader.settings(fields, prefix: "default_")
    return header
  }

  /// The text of a file.
  static func text(path: String) throws -> String {
    guard let bytes = OSFile.contents(path) else {
      let fault: TextFault =
        OSFile.isFolder(path) ? .folder : OSFile.exists(path) ? .unreadable(reason: nil) : .missing
      throw RunRefusal(fault, in: FilePlace(path))
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw RunRefusal(TextFault.notUTF8, in: FilePlace(path))
    }
    return text
  }

  static func folder(of path: String) -> String {
    OSFile.folder(of: OSFile.absolute(path, in: OSFile.currentFolder))
  }

  package static func absolute(_ path: String, in directory: String) -> String {
    if path.utf8.first == UInt8(ascii: "/") { return path }
    if path == "~" || path.hasPrefix("~/") { return HomeFolder.path + path.dropFirst() }
    return OSFile.absolute(path, in: directory)
  }

  private static func parameters(_ node: FileNode?, overrides: Overrides) throws -> [String: String] {
    var params: [String: String] = [:]
    for (key, value) in try node?.members("a mapping of names to values") ?? [] {
      guard ArgumentName.isValid(key) else { throw value.refusal(WorkflowFileFault.badParameterName(key)) }
      params[key] = try value.argumentText()
    }
    for name in overrides.set.keys.sorted() where params[name] == nil {
      let nearest = Suggestion.nearest(to: name, among: params.keys)
      throw RunRefusal(
        WorkflowFileFault.unknownParameter(name, nearest: nearest), in: node.map { FilePlace($0.file) })
    }
    return params.merging(overrides.set) { _, set in set }
  }

  private static func templates(_ node: FileNode) throws -> [TaskTemplate] {
    return try node.members("a mapping of template names to templates").map { name, body in
      let fields = try body.fields(templateKeys, of: "a task template")
      guard let command = fields["command_template"] else {
        throw body.refusal(WorkflowFileFault.needs("command_template", owner: body.path))
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
      do { try template.check() } catch let error as DefinitionError { throw command.refusal(error) }
      return template
    }
  }
}
