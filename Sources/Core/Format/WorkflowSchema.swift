import Foundation
import JobmonModel

/// The JSON Schema (2020-12) of workflow files, for editors and checkers.
///
/// Every key has a description. For an optional key, its last sentence is the default ("Default: 1."). `Scripts/keys`
/// generates docs/keys.md from the descriptions.
public enum WorkflowSchema {
  /// The schema as JSON text. It accepts the same keys and kinds of values as ``WorkflowFile``. Conditions that involve
  /// several places, such as whether an argument has a value or an upstream exists, are checked only by the program.
  public static var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // The schema consists of texts, numbers and lists, so encoding cannot fail.
    return String(decoding: try! encoder.encode(schema), as: UTF8.self)
  }

  private static let schema: JSONValue = .object([
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Jobmon workflow", "type": "object", "additionalProperties": false,
    "required": ["tool", "task_templates", "tasks"],
    "properties": .object(
      [
        "tool": described(name, "The product that the workflow belongs to. Part of the workflow's identity."),
        "tool_version": described(
          scalar, "The version of the tool. Part of the workflow's identity. Default: 1."),
        "name": described(name, "The name of the workflow, as lists show it. Default: the value of `tool`."),
        "description": described(text, "A text about the workflow. Default: none."),
        "workflow_args": described(
          scalar,
          "Distinguishes this workflow from other workflows of the same tool with the same tasks. Part of the "
            + "workflow's identity. Default: a new value for every run, so every run is a new workflow."),
        "workflow_attributes": described(
          map(scalar), "Names and values that are stored with the workflow. Default: none."),
        "working_directory": described(
          text,
          "The folder in which the commands run, relative to this file. `run -` takes it relative to the current "
            + "folder. Default: the folder of this file."),
        "params": described(
          map(argument),
          "Values for arguments that entries do not set. `--set NAME=VALUE` overrides them. Default: none."),
        "include": described(
          list(text),
          "Resource files, relative to this file. Keys of this file override theirs. Default: none."),
        "on_finish": described(
          text,
          "A shell command that runs on this machine at the end of each run, with `JOBMON_STATUS` and the counts of "
            + "tasks in its environment. Default: none."),
        "task_templates": described(map(template, nonEmpty: true), "The templates, by name."),
        "tasks": described(
          .object([
            "oneOf": .array([
              list(entry),
              object(
                ["lines": described(text, "A file with one entry per line, as JSON; relative to this file.")],
                required: ["lines"]),
            ])
          ]), "The entries. An entry creates one task, or many with `for_each` or `for_each_row`."),
      ].merging(level("default_", "the command-line option `-c`, else the cluster `local`")) { mine, _ in mine
      }
      .merging(["max_concurrently_running": limit("of the workflow")]) { mine, _ in mine }),
    // The keys that exist only in files of lines and on standard input (`jobmon run -`). They are not used by the
    // schema of files.
    "$defs": .object([
      "line": object([
        "id": described(
          scalar, "An id of your own, for `upstream_ids` of later lines and `bind --ids`. Default: none."),
        "upstream_ids": described(
          list(scalar), "The ids of earlier lines; their tasks are upstreams of this one. Default: none."),
      ]),
      "head": object([
        "framed": described(
          boolean,
          "The last line of the stream must be `{\"end\": true}`; a stream without it is refused. Default: `false`."
        )
      ]),
    ]),
  ])

  private static let template = object(
    [
      "command_template": described(
        text,
        "The shell command. `{argument}` is replaced by the value, `{argument:q}` by the value quoted for the shell. "
          + "A literal brace is doubled."),
      "node_args": described(
        list(text),
        "Arguments that distinguish the tasks of the template. Part of a task's identity. Default: none."),
      "task_args": described(
        list(text),
        "Arguments that say which data the tasks work on. Part of a task's identity. Default: none."),
      "op_args": described(
        list(text),
        "Arguments that can change without creating a new task: paths, verbosity. Not part of a task's identity. "
          + "Default: none."),
      "retry_exit_codes": described(
        list(integer), "Retry only attempts that end with one of these exit codes. Default: all exit codes."),
      "no_retry_exit_codes": described(
        list(integer), "Never retry attempts that end with one of these exit codes. Default: none."),
      "max_concurrently_running": limit("of this template"),
    ].merging(level("default_", "the value of the workflow")) { mine, _ in mine },
    required: ["command_template"])

  private static let glob = object(
    [
      "glob": described(
        text,
        "A pattern such as `data/*.csv`, relative to this file; one task per file that it matches, sorted by bytes. "
          + "`**` matches any number of folders."),
      "optional": described(boolean, "Accept a pattern that matches no file. Default: `false`."),
    ], required: ["glob"])

  private static let entry = object(
    [
      "template": described(text, "The name of the template."),
      "name": described(
        text,
        "The name of the tasks; may use arguments, as in `process_{location_id}`. Default: the template's name and "
          + "the `node_args`."),
      "args": described(
        map(argument),
        "One value per argument; a text may use other arguments and `params`, as in `{out}/{location_id}`. "
          + "Default: the values of `params`."),
      "for_each": described(
        map(.object(["oneOf": .array([list(argument), range, lines, glob])])),
        "Values per argument: a list, `{range: …}`, `{lines: …}` or `{glob: …}`. One task for each combination. "
          + "Default: one task."),
      "for_each_row": described(
        object(
          ["csv": described(text, "A CSV file, relative to this file; its first line names the arguments.")],
          required: ["csv"]), "One task for each row of a table. Default: one task."),
      "upstream": described(
        list(upstream), "The tasks that must be DONE before these tasks start. Default: none."),
      "attributes": described(
        map(scalar), "Names and values that are stored with each task. Default: none."),
    ].merging(level("", "the value of the template")) { mine, _ in mine }, required: ["template"])

  private static let upstream: JSONValue = .object([
    "oneOf": .array([
      object(
        [
          "template": described(text, "All tasks of this template."),
          "optional": described(boolean, "Accept a `where` that matches no task. Default: `false`."),
          "where": described(
            map(.object(["oneOf": .array([scalar, list(scalar)])])),
            "Only tasks whose arguments have these values; `{argument}` is the value of the waiting task. "
              + "Default: all tasks of the template."),
        ], required: ["template"]),
      object(["task": described(text, "The task of this name.")], required: ["task"]),
    ])
  ])

  /// The keys of each level.
  ///
  /// - Parameter cluster: where the cluster is taken from if the level does not name one; the other defaults follow.
  private static func level(_ prefix: String, _ cluster: String) -> [String: JSONValue] {
    let isTop = cluster.contains("-c")
    func standard(_ value: String) -> String { isTop ? value : cluster }
    return [
      prefix + "cluster_name": described(
        text,
        "The cluster on which the tasks run. The command-line option `-c` overrides it. Default: "
          + (isTop ? "`local`." : cluster + ".")),
      prefix + "max_attempts": described(
        .object(["type": "integer", "minimum": 1]),
        "Maximum number of attempts per task and run. Failures of the infrastructure are not counted. Default: "
          + standard("\(ResolvedSettings.standardMaxAttempts)") + "."),
      prefix + "priority": described(
        .object([
          "type": "integer", "minimum": .integer(Int64(ResolvedSettings.priorities.lowerBound)),
          "maximum": .integer(Int64(ResolvedSettings.priorities.upperBound)),
        ]),
        "Of the tasks that are ready, those with the highest priority start first. Default: "
          + standard("0") + "."),
      prefix + "compute_resources": described(
        anyOf(resources, map(resources)),
        "The requested resources: one mapping for all clusters, or one per cluster name (`any` is every cluster). "
          + "Values are merged key by key. Default: " + standard("none") + "."),
      prefix + "resource_scales": described(
        anyOf(scales, map(scales)),
        "How much more of a resource a task requests after it ran out of it, for all clusters or per cluster name. "
          + "Default: " + standard("0.5 for memory and runtime, which is 50 % more each time") + "."),
      prefix + "fallback_queues": described(
        anyOf(list(text), map(list(text))),
        "Queues for requests that exceed the limits of their queue, tried in order; one list, or one per cluster "
          + "name. Default: " + standard("none") + "."),
    ]
  }

  private static let resources: JSONValue = .object([
    "type": "object",
    "properties": .object([
      "cores": described(.object(["type": "integer", "minimum": 1]), "Number of cores. Default: 1."),
      "memory": described(
        scalar, "Memory, as in `8G` or `512M`, in powers of 1024; a bare number is GiB. Default: no limit."),
      "runtime": described(
        scalar,
        "Run time in seconds, or as in `90s`, `60m`, `2h`, `1d`, `1h30m`, `HH:MM:SS`, `D-HH:MM:SS`. Default: no limit."
      ),
      "queue": described(text, "The queue (Slurm: partition). Default: the cluster's default queue."),
      "project": described(scalar, "The project (Slurm: account). Default: the cluster's default."),
      "constraints": described(
        scalar, "Features that the node must have (Slurm: constraint). Default: none."),
      "stdout": described(text, "The folder for standard output files. Default: the workflow's log folder."),
      "stderr": described(text, "The folder for standard error files. Default: the workflow's log folder."),
      "callback": described(
        text,
        "The name of a callback that computes the other keys when the task is ready (docs/control.md). "
          + "Default: none."),
    ]),
    // Keys defined by the cluster, for example gres.
    "additionalProperties": argument,
  ])

  private static let scales = object([
    "memory": described(
      scale,
      "A number (0.5 requests 50 % more each time), a list of requests (`[8G, 16G]`), or `{callback: NAME}`. "
        + "Default: 0.5."),
    "runtime": described(
      scale,
      "A number (0.5 requests 50 % more each time), a list of requests (`[2h, 4h]`), or `{callback: NAME}`. "
        + "Default: 0.5."),
  ])
  private static let scale = anyOf(
    .object(["type": "number", "minimum": 0]), list(scalar),
    object(
      ["callback": described(text, "The name of a callback that computes the request (docs/control.md).")],
      required: ["callback"]))
  private static let range = object(
    [
      "range": described(
        .object(["type": "array", "items": integer, "minItems": 2, "maxItems": 2]),
        "The first and the last number; both are included.")
    ], required: ["range"])
  private static let lines = object(
    ["lines": described(text, "A text file, relative to this file; one value per line.")], required: ["lines"]
  )
  private static let integer: JSONValue = .object(["type": "integer"])
  private static let boolean: JSONValue = .object(["type": "boolean"])
  private static let text: JSONValue = .object(["type": "string"])
  private static let name: JSONValue = .object(["type": "string", "minLength": 1, "maxLength": 150])
  private static let scalar: JSONValue = .object(["type": ["string", "number", "boolean", "null"]])
  private static let argument: JSONValue = .object(["type": ["string", "number", "boolean", "null", "array"]])

  private static func limit(_ whose: String) -> JSONValue {
    described(
      .object(["type": "integer", "minimum": 0]),
      "Maximum number of tasks \(whose) that are submitted or running at once; 0 starts no task. Default: no limit."
    )
  }

  private static func described(_ value: JSONValue, _ words: String) -> JSONValue {
    guard case .object(var members) = value else { return value }
    members["description"] = .string(words)
    return .object(members)
  }

  private static func list(_ items: JSONValue) -> JSONValue { .object(["type": "array", "items": items]) }
  private static func anyOf(_ values: JSONValue...) -> JSONValue { .object(["anyOf": .array(values)]) }

  private static func map(_ values: JSONValue, nonEmpty: Bool = false) -> JSONValue {
    .object(["type": "object", "additionalProperties": values, "minProperties": nonEmpty ? 1 : 0])
  }

  private static func object(_ properties: [String: JSONValue], required: [String] = []) -> JSONValue {
    var members: [String: JSONValue] = [
      "type": "object", "properties": .object(properties), "additionalProperties": false,
    ]
    if !required.isEmpty { members["required"] = .array(required.map { .string($0) }) }
    return .object(members)
  }
}
