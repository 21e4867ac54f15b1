import Foundation

/// A workflow whose commands write the ledger, and the plan that the checker uses.
struct LedgerWorkflow: Sendable {
  struct Step: Sendable {
    var name: String
    /// What `task.sh` does: plain, sleep, gate, grandchild, setsid, flaky, fail.
    var kind: String
    var argument: String
    var upstreams: [String]

    init(_ name: String, _ kind: String = "plain", _ argument: String = "", after upstreams: [String] = []) {
      self.name = name
      self.kind = kind
      self.argument = argument
      self.upstreams = upstreams
    }
  }

  var steps: [Step]
  var maxAttempts = 3
  var limit: Int?
  var workflowArgs = "ledger"
  /// Whether gates have their own template. Short tasks of a template are sent to the machine in advance, where they
  /// wait for the end of another task of that template.
  var hasGateTemplate = false

  var plan: LedgerPlan {
    LedgerPlan(
      upstreams: Dictionary(uniqueKeysWithValues: steps.map { ($0.name, $0.upstreams) }),
      maxAttempts: maxAttempts,
      limit: limit ?? Int.max)
  }

  /// The workflow as a JSON file.
  func file(script: String) throws -> String {
    var document: [String: Any] = [
      "tool": "acceptance", "name": "ledger", "workflow_args": workflowArgs,
      "default_max_attempts": maxAttempts,
      "default_compute_resources": ["any": ["cores": 1]],
    ]
    // A template's command must contain all its arguments: the script gets the id and ignores it.
    document["task_templates"] = [
      "step": [
        "command_template": "sh \(script) {kind} '{argument}' {id}", "node_args": ["id"],
        "op_args": ["kind", "argument"],
      ] as [String: Any]
    ]
    if hasGateTemplate, var templates = document["task_templates"] as? [String: Any] {
      templates["gate"] = templates["step"]
      document["task_templates"] = templates
    }
    if let limit { document["max_concurrently_running"] = limit }
    document["tasks"] = steps.map { step -> [String: Any] in
      [
        "template": hasGateTemplate && step.kind == "gate" ? "gate" : "step", "name": step.name,
        "args": ["id": step.name, "kind": step.kind, "argument": step.argument],
        "upstream": step.upstreams.map { ["task": $0] },
      ]
    }
    return String(
      decoding: try JSONSerialization.data(withJSONObject: document, options: .sortedKeys), as: UTF8.self)
  }
}

extension LedgerWorkflow {
  /// Commands that take a few milliseconds each and wait for nothing.
  static let short = LedgerWorkflow(steps: (0..<80).map { Step("short\($0)") })

  /// A small workflow with all relevant cases: a fan-out of commands with descendants of both kinds, an upstream set
  /// shared by two tasks (a join), a task that fails first, and a chain.
  static let small = LedgerWorkflow(steps: [
    Step("head"),
    Step("a", "grandchild", "3", after: ["head"]),
    Step("b", "setsid", "3", after: ["head"]),
    Step("c", "flaky", "1", after: ["head"]),
    Step("left", after: ["a", "b", "c"]),
    Step("right", "grandchild", "2", after: ["a", "b", "c"]),
    Step("tail", after: ["left", "right"]),
  ])

  /// A wide workflow in which tasks start, run and end at any time: three stages of `width` tasks.
  static func wide(_ width: Int) -> LedgerWorkflow {
    var steps: [Step] = []
    for number in 0..<width {
      steps.append(Step("first\(number)", ["plain", "grandchild", "setsid"][number % 3], "4"))
    }
    for number in 0..<width {
      let upstreams = [number, (number + 1) % width].map { "first\($0)" }
      steps.append(
        Step("second\(number)", number % 4 == 0 ? "flaky" : "plain", "1", after: Set(upstreams).sorted()))
    }
    steps.append(Step("last", after: (0..<width).map { "second\($0)" }))
    return LedgerWorkflow(steps: steps)
  }
}
