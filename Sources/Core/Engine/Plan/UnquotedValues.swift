import JobmonModel

/// Argument values that contain special characters of the shell and are not quoted in the command.
struct UnquotedValues {
  let workflow: WorkflowDefinition

  /// One sentence for each argument of a template with such values.
  var warnings: [String] {
    let unquoted = workflow.templates.map { template -> [Int] in
      let parts = CommandTemplate.parsed(template.commandTemplate)?.parts ?? []
      return template.arguments.indices.filter {
        parts.contains(.argument(template.arguments[$0], quoted: false))
      }
    }
    var found: [[Int: (count: Int, task: Int)]] = Array(repeating: [:], count: workflow.templates.count)
    for task in 0..<workflow.taskCount {
      let template = Int(workflow.tasks.template[task])
      guard !unquoted[template].isEmpty else { continue }
      workflow.tasks.withTexts(task) { texts in
        for argument in unquoted[template] where texts[argument + 1].contains(where: ShellWord.isSpecial) {
          found[template][argument, default: (0, task)].count += 1
        }
      }
    }
    return found.enumerated().flatMap { place, arguments in
      arguments.sorted { $0.key < $1.key }.map { argument, seen in
        let template = workflow.templates[place]
        let name = template.arguments[argument]
        let example = workflow.tasks.arguments(seen.task)[argument].prefix(60)
        return
          "template '\(template.name)': {\(name)} is not quoted; in \(seen.count) of its tasks the value contains "
          + "characters with a meaning for the shell, such as '\(example)' in '\(workflow.tasks.name(seen.task))'; "
          + "{\(name):q} quotes it"
      }
    }
  }
}
