/// What is wrong with a definition, independent of store and cluster. The texts of all messages are in this file.
package enum DefinitionError: RefusalReason, Hashable {
  /// What is wrong with the text of a command template.
  package enum TemplateFault: Hashable, Sendable {
    case openBrace, closingBrace
    /// The text between the braces.
    case noArgument(String)
  }

  /// What is wrong with the name of a workflow, a tool or a template.
  package enum NameFault: Hashable, Sendable {
    case leadingDot, slash, controlCharacter
  }

  /// Why the command of a template, its argument roles and its limit are inconsistent.
  package enum RoleFault: Hashable, Sendable {
    case emptyCommand
    case nulInCommand
    case negativeLimit(Int)
    case command(String, TemplateFault)
    /// A field of the command that is in none of the lists.
    case undeclared(String, nearest: String?)
    case badArgumentName(String)
    case differingByCase(String, String)
    case repeated(String, role: String)
    case twoRoles(String, String, String)
  }

  case noTasks(workflow: String)
  case emptyName(kind: String)
  case longName(kind: String, characters: Int)
  case badName(kind: String, name: String, NameFault)
  case longTaskName(String)
  case namelessTask
  case badTaskName(String, character: String)
  case emptyTaskName(template: String)
  case repeatedTemplate(String)
  case commandTemplate(String, TemplateFault)
  case inTemplate(String, RoleFault)
  case unknownArgument(template: String, String, nearest: String?, arguments: [String])
  case missingArgument(template: String, String)
  case argumentCount(task: String, template: String, given: Int, arguments: [String])
  case nulInArgument(task: String, argument: String)
  case nulInCommand(task: String)
  case longWord(task: String, bytes: Int)
  case upstreamOutside(task: String)
  case cycle([String])
  /// A template without node_args can have one task per workflow. `differing` is an argument whose values differ
  /// between the tasks.
  case noNodeArgs(template: String, tasks: [String], differing: String?)
  case repeatedNode(template: String, node: String, tasks: [String])
  case differingTaskArgs(template: String, node: String, tasks: [String], argument: String, values: [String])
  /// A setting out of range: the owner, the key, the value, and what is expected.
  case badSetting(owner: String, key: String, value: String, expected: String)
}

extension DefinitionError {
  package var code: RunRefusal.Code { .invalidFile }

  package var message: String {
    switch self {
    case .noTasks(let workflow): "the workflow '\(workflow)' has no tasks; it needs at least one"
    case .emptyName(let kind): "the \(kind) has an empty name; give it one of 1-150 characters"
    case .longName(let kind, let characters):
      "the name of the \(kind) has \(characters) characters; at most 150 are allowed"
    case .badName(let kind, let name, let fault): "the name of the \(kind) '\(name)' \(fault)"
    case .longTaskName(let name):
      "the task name '\(name.prefix(40))…' has \(name.utf8.count) bytes; at most \(TaskName.longest) are allowed"
    case .namelessTask: "a task name must not be empty"
    case .badTaskName(let name, let character):
      "the task name '\(name)' contains '\(character)'; blanks, control characters and / \\ ' \" are not allowed"
    case .emptyTaskName(let template): "a task of template '\(template)' has an empty name"
    case .repeatedTemplate(let name):
      "two templates are named '\(name)'; template names must be unique in a workflow"
    case .commandTemplate(let text, let fault):
      "the command template '\(text)' \(fault); \(Self.doubledBrace)"
    case .inTemplate(let name, let fault): "template '\(name)': \(fault)"
    case .unknownArgument(let template, let argument, let nearest, let arguments):
      "template '\(template)' has no argument '\(argument)'; "
        + (nearest.map { "did you mean '\($0)'?" }
          ?? (arguments.isEmpty ? "it has no arguments" : "it has \(arguments.joined(separator: ", "))"))
    case .missingArgument(let template, let argument):
      "the argument '\(argument)' of template '\(template)' has no value"
    case .argumentCount(let task, let template, let given, let arguments):
      "task '\(task)' has \(given) argument values; template '\(template)' has \(arguments.count) arguments"
        + (arguments.isEmpty ? "" : ": \(arguments.joined(separator: ", "))")
    case .nulInArgument(let task, let argument):
      "task '\(task)': the value of '\(argument)' contains a NUL byte, which cannot be passed to a command"
    case .nulInCommand(let task): "task '\(task)': its command contains a NUL byte"
    case .longWord(let task, let bytes):
      "task '\(task)': its command has a word of \(bytes) bytes; Linux allows \(ShellWord.longest): "
        + "pass the text in a file"
    case .upstreamOutside(let task):
      "task '\(task)' waits for a task that is not in the workflow; add that task, or remove it from the upstream tasks"
    case .cycle(let names): "the tasks form a cycle: \(Self.circle(names))"
    case .noNodeArgs(let template, let tasks, let differing):
      "template '\(template)' has no node_args, so it can have only one task per workflow, but it has "
        + Self.list(tasks)
        + (differing.map { ": declare '\($0)' in node_args" } ?? "")
    case .repeatedNode(let template, let node, let tasks):
      "template '\(template)' with \(node) is in the workflow twice: \(Self.list(tasks))"
    case .differingTaskArgs(let template, let node, let tasks, let argument, let values):
      "template '\(template)' with \(node) is in the workflow twice with different task_args: \(Self.list(tasks)) "
        + "have \(values.map { "\(argument)=\($0)" }.joined(separator: " and ")); "
        + "node_args identify a task, so declare '\(argument)' in node_args"
    case .badSetting(let owner, let key, let value, let expected):
      "\(owner): \(key) is \(value): it must be \(expected)"
    }
  }

  /// What to do about a brace that does not belong to an argument.
  package static let doubledBrace = "write a literal brace twice"

  private static func list(_ names: [String]) -> String { names.map { "'\($0)'" }.joined(separator: " and ") }

  /// The path from a task back to itself. The middle of a long path is left out.
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
    case .noArgument(let field): "has '{\(field)}', which is not a valid argument name"
    }
  }
}

extension DefinitionError.NameFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .leadingDot: "begins with a dot"
    case .slash: "contains a /"
    case .controlCharacter: "contains a control character"
    }
  }
}

extension DefinitionError.RoleFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .emptyCommand: "its command_template is empty"
    case .nulInCommand: "its command_template contains a NUL byte"
    case .negativeLimit(let limit): "max_concurrently_running is \(limit): it must be 0 (pause) or more"
    case .command(let text, let fault): DefinitionError.commandTemplate(text, fault).message
    case .undeclared(let field, let nearest):
      "'{\(field)}' is used in the command but not declared in node_args, task_args or op_args"
        + (nearest.map { "; did you mean '{\($0)}'?" } ?? "")
    case .badArgumentName(let argument):
      "'\(argument)' is not a valid argument name: use letters, digits and _, not beginning with a digit"
    case .differingByCase(let one, let other): "arguments '\(one)' and '\(other)' differ by case only"
    case .repeated(let argument, let role): "argument '\(argument)' is declared in \(role) twice"
    case .twoRoles(let argument, let one, let other):
      "argument '\(argument)' is declared in \(one) and in \(other); an argument has one role"
    }
  }
}
