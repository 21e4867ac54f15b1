import ArgumentParser
import JobmonCore

/// `-s`: only tasks in these states.
struct TaskStatesOption: ParsableArguments {
  @Option(
    name: .shortAndLong, parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only tasks in these states: PENDING SCHEDULED RUNNING DONE FATAL.", valueName: "state"),
    completion: .list(TaskWord.allCases.map(\.rawValue)))
  var status: [String] = []

  /// The states; case is ignored.
  func words() throws -> Set<TaskWord> { try Set(status.map(Self.word)) }

  static func word(_ text: String) throws -> TaskWord {
    guard let known = TaskWord(rawValue: text.uppercased()) else {
      throw RunRefusal(UsageFault.badValue(option: "-s", .word(text, TaskWord.allCases.map(\.rawValue))))
    }
    return known
  }
}

/// `--attribute name=value`; repeatable.
enum AttributePairs {
  static func parse(_ pairs: [String]) throws -> [String: String] {
    var attributes: [String: String] = [:]
    for pair in pairs {
      guard let (name, value) = Assignment.split(pair) else {
        throw RunRefusal(UsageFault.badValue(option: "--attribute", .assignment(pair)))
      }
      attributes[name] = value
    }
    return attributes
  }
}
