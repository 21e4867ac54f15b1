import Foundation
import JobmonModel

/// The JSON Schema (2020-12) of workflow files, for editors and checkers.
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
        "tool": described(name, "The product that the workflow belongs to."),
        "tool_version": described(scalar, "Default: 1."),
        "name": described(name, "Default: the tool's."),
        "description": text,
        "workflow_args": described(
          scalar, "What tells this workflow from others of the tool; without it each run is a new workflow."),
        "workflow_attributes": map(scalar),
        "working_directory": described(text, "Where commands run; relative to this file."),
        "params": described(
          map(argument),
          "Values for arguments that entries leave out; whoever starts a run can override them."),
        "include": described(list(text), "Resource files."),
        "on_finish": described(
          text, "A command that is run at the end of each run, with JOBMON_STATUS and counts."),
        "task_templates": described(map(template, nonEmpty: true), "Commands, by name."),
        "tasks": .object([
          "oneOf": .array([
            list(entry),
            object(["lines": described(text, "A file with one entry a line, as JSON.")], required: ["lines"]),
          ])
        ]),
      ].merging(level("default_")) { mine, _ in mine }
        .merging(["max_concurrently_running": limit]) { mine, _ in mine }),
  ])

  private static let template = object(
    [
      "command_template": described(
        text, "{argument} stands for a value, {argument:q} for one quoted for the shell; a brace is doubled."),
      "node_args": described(list(text), "Arguments that tell the tasks of the template from each other."),
      "task_args": described(list(text), "Arguments that say which data the tasks are about."),
      "op_args": described(list(text), "Arguments without identity: paths, verbosity."),
      "retry_exit_codes": described(list(integer), "Only these are retried."),
      "no_retry_exit_codes": described(list(integer), "These are never retried."),
      "max_concurrently_running": limit,
    ].merging(level("default_")) { mine, _ in mine }, required: ["command_template"])

  private static let glob = object(
    [
      "glob": described(
        text, "Files, as in data/*.csv: relative to the file, sorted by bytes; ** is any number of folders."),
      "optional": described(.object(["type": "boolean"]), "Whether no file at all is no error."),
    ], required: ["glob"])

  private static let entry = object(
    [
      "template": text,
      "name": described(text, "May name arguments: process_{location_id}."),
      "args": map(argument),
      "for_each": described(
        map(.object(["oneOf": .array([list(argument), range, lines, glob])])), "A cross product."),
      "for_each_row": object(["csv": text], required: ["csv"]),
      "upstream": list(upstream),
      "attributes": map(scalar),
    ].merging(level("")) { mine, _ in mine }, required: ["template"])

  private static let upstream: JSONValue = .object([
    "oneOf": .array([
      object(
        [
          "template": text, "optional": .object(["type": "boolean"]),
          "where": map(.object(["oneOf": .array([scalar, list(scalar)])])),
        ], required: ["template"]),
      object(["task": text], required: ["task"]),
    ])
  ])

  /// The keys of each level.
  private static func level(_ prefix: String) -> [String: JSONValue] {
    [
      prefix + "cluster_name": text,
      prefix + "max_attempts": .object(["type": "integer", "minimum": 1]),
      prefix + "priority": described(
        .object([
          "type": "integer", "minimum": .integer(Int64(ResolvedSettings.priorities.lowerBound)),
          "maximum": .integer(Int64(ResolvedSettings.priorities.upperBound)),
        ]), "Of the ready tasks those with the highest go first; 0 where no level says."),
      prefix + "compute_resources": described(
        anyOf(resources, map(resources)), "Flat, or by cluster; any is every cluster."),
      prefix + "resource_scales": anyOf(scales, map(scales)),
      prefix + "fallback_queues": anyOf(list(text), map(list(text))),
    ]
  }

  private static let resources: JSONValue = .object([
    "type": "object",
    "properties": .object([
      "cores": .object(["type": "integer", "minimum": 1]),
      "memory": described(scalar, "8G, 512M; a bare number is GiB."),
      "runtime": described(scalar, "Seconds, or 90s, 60m, 2h, 1d, 1h30m, HH:MM:SS, D-HH:MM:SS."),
      "queue": text, "project": scalar, "constraints": scalar, "stdout": text, "stderr": text,
      "callback": described(text, "Who computes the rest: see docs/control.md."),
    ]),
    "additionalProperties": argument,
  ])

  private static let scales = object(["memory": scale, "runtime": scale])
  private static let scale = anyOf(
    .object(["type": "number", "minimum": 0]), list(scalar),
    object(["callback": text], required: ["callback"]))
  private static let range = object(
    ["range": .object(["type": "array", "items": integer, "minItems": 2, "maxItems": 2])], required: ["range"]
  )
  private static let lines = object(["lines": text], required: ["lines"])
  private static let limit: JSONValue = .object(["type": "integer", "minimum": 0])
  private static let integer: JSONValue = .object(["type": "integer"])
  private static let text: JSONValue = .object(["type": "string"])
  private static let name: JSONValue = .object(["type": "string", "minLength": 1, "maxLength": 150])
  private static let scalar: JSONValue = .object(["type": ["string", "number", "boolean", "null"]])
  private static let argument: JSONValue = .object(["type": ["string", "number", "boolean", "null", "array"]])

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
