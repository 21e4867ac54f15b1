/// What is wrong with a definition by itself, before any store or cluster is asked. All of its sentences are here.
package enum DefinitionError: Error, Hashable, Sendable {
  package enum TemplateFault: Hashable, Sendable {
    case openBrace, closingBrace
    /// What stands between the braces.
    case noArgument(String)
  }

  case noTasks(workflow: String)
  case emptyName(kind: String)
  case longName(kind: String, characters: Int)
  case badName(kind: String, name: String, why: String)
  case longTaskName(String)
  case badTaskName(String, character: String)
  case emptyTaskName(template: String)
  case repeatedTemplate(String)
  case commandTemplate(String, TemplateFault)
  case inTemplate(String, String)
  case argumentCount(task: String, template: String, given: Int, arguments: [String])
  case nulInArgument(task: String, argument: String)
  case nulInCommand(task: String)
  case longWord(task: String, bytes: Int)
  case upstreamOutside(task: String)
  case cycle([String])
  /// A template without node_args has one task in a workflow; `differing` is an argument that tells several apart.
  case noNodeArgs(template: String, tasks: [String], differing: String?)
  case repeatedNode(template: String, node: String, tasks: [String])
  case differingTaskArgs(template: String, node: String, tasks: [String], argument: String, values: [String])
  /// A setting outside what it may be: on whom, which, what it is, what it has to be.
  case badSetting(owner: String, key: String, value: String, expected: String)
}

extension DefinitionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noTasks(let workflow): "the workflow '\(workflow)' has no tasks; a workflow has at least one"
    case .emptyName(let kind): "the \(kind) has an empty name; give it one of 1-150 characters"
    case .longName(let kind, let characters):
      "the name of the \(kind) has \(characters) characters; at most 150 are allowed"
    case .badName(let kind, let name, let why): "the name of the \(kind) '\(name)' \(why)"
    case .longTaskName(let name):
      "the task name '\(name.prefix(40))…' has \(name.utf8.count) bytes; at most \(TaskName.longest) are allowed"
    case .badTaskName(let name, let character):
      "the task name '\(name)' has '\(character)' in it; blanks, control characters and / \\ ' \" are not allowed"
    case .emptyTaskName(let template): "a task of template '\(template)' has an empty name"
    case .repeatedTemplate(let name): "two templates are named '\(name)'; a workflow has one of each name"
    case .commandTemplate(let text, let fault):
      "the command template '\(text)' \(fault); a brace that is meant as such is written twice"
    case .inTemplate(let name, let why): "template '\(name)': \(why)"
    case .argumentCount(let task, let template, let given, let arguments):
      "task '\(task)' has \(given) argument values; template '\(template)' has \(arguments.count) arguments"
        + (arguments.isEmpty ? "" : ": \(arguments.joined(separator: ", "))")
    case .nulInArgument(let task, let argument):
      "task '\(task)': the value of '\(argument)' has a NUL byte in it, which no command can be given"
    case .nulInCommand(let task): "task '\(task)': its command has a NUL byte in it"
    case .longWord(let task, let bytes):
      "task '\(task)': its command has a word of \(bytes) bytes; Linux allows \(ShellWord.longest): "
        + "pass the text in a file"
    case .upstreamOutside(let task):
      "task '\(task)' waits for a task that is not in the workflow; add that task, or do not wait for it"
    case .cycle(let names): "the tasks wait for each other in a circle: \(Self.circle(names))"
    case .noNodeArgs(let template, let tasks, let differing):
      "template '\(template)' has no node_args, so it has one task in a workflow, and \(Self.list(tasks)) are two"
        + (differing.map { ": make '\($0)' a node arg" } ?? "")
    case .repeatedNode(let template, let node, let tasks):
      "template '\(template)' with \(node) is in the workflow twice: \(Self.list(tasks))"
    case .differingTaskArgs(let template, let node, let tasks, let argument, let values):
      "template '\(template)' with \(node) is in the workflow twice with different task_args: \(Self.list(tasks)) "
        + "have \(values.map { "\(argument)=\($0)" }.joined(separator: " and ")); "
        + "node_args identify a task, so make '\(argument)' a node arg"
    case .badSetting(let owner, let key, let value, let expected):
      "\(owner): \(key) is \(value): it is \(expected)"
    }
  }

  /// As what the edges know.
  package var refusal: RunRefusal { RunRefusal(.invalidFile, description) }

  private static func list(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: " and ") }

  /// The path from a task back to itself, its middle left out where it is long.
  private static func circle(_ names: [String]) -> String {
    var shown = names.prefix(names.count > 12 ? 6 : 12).map { "'\($0)'" }
    if names.count > 12 {
      shown.append("… (\(names.count - 12) more)")
      shown += names.suffix(6).map { "'\($0)'" }
    }
    return (shown + ["'\(names[0])'"]).joined(separator: " -> ")
  }
}

extension DefinitionError.TemplateFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .openBrace: "has a '{' without a '}'"
    case .closingBrace: "has a '}' without a '{'"
    case .noArgument(let field): "has '{\(field)}', which is no argument name"
    }
  }
}
