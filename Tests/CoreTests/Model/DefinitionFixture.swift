@testable import JobmonModel

/// Small definitions for tests.
enum Fixture {
  static let process = TaskTemplate(
    name: "process", commandTemplate: "echo {id} {release} {out}", nodeArgs: ["id"], taskArgs: ["release"],
    opArgs: ["out"])
  static let merge = TaskTemplate(name: "merge", commandTemplate: "cat {out}", opArgs: ["out"])

  static func definition(_ templates: [TaskTemplate] = [process, merge], args: String? = "v1")
    -> WorkflowDefinition
  {
    WorkflowDefinition(
      header: WorkflowHeader(tool: "tool", name: "flow", workflowArgs: args), templates: templates)
  }

  /// Tasks of `process`, one for each id.
  static func processes(_ ids: [String], release: String = "1") -> WorkflowDefinition {
    var definition = definition()
    for id in ids { definition.tasks.append(template: 0, name: "p\(id)", arguments: [id, release, "/o"]) }
    return definition
  }
}
