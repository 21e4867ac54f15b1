import Foundation
import JobmonCore

/// Asks for confirmation before a change that cannot be undone.
enum Confirmation {
  /// Prints what is about to happen, and asks.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_usage` if there is no terminal.
  static func isGiven(for text: String) throws -> Bool {
    guard isatty(STDIN_FILENO) == 1 else {
      Console.error(text)
      throw RunRefusal(UsageFault.noConfirmation)
    }
    return isGivenOnTerminal(for: text)
  }

  /// The same if standard input is known to be a terminal.
  static func isGivenOnTerminal(for text: String) -> Bool {
    Console.error(text)
    Console.ask("Continue? [y/N] ")
    return ["y", "yes"].contains(readLine()?.lowercased())
  }
}

extension StatusChange {
  /// `2 tasks of workflow 1 become PENDING: b, c; workflow status: DONE to HALTED`
  var description: String {
    let names = tasks.prefix(10).map(\.name).joined(separator: ", ")
    let more = tasks.count > 10 ? ", …" : ""
    var text =
      tasks.count == 1
      ? "1 task of workflow \(workflow) becomes \(to.word.rawValue)"
      : "\(tasks.count) tasks of workflow \(workflow) become \(to.word.rawValue)"
    if !names.isEmpty { text += ": \(names)\(more)" }
    if workflowFrom != workflowTo {
      text += "; workflow status: \(workflowFrom.rawValue) -> \(workflowTo.rawValue)"
    }
    return text
  }
}
