import ArgumentParser
import Foundation
import JobmonCore
import OSText

/// Turns every error into a message and an exit code.
struct Failure {
  let refusal: RunRefusal
  /// The parser's message, if the parser failed.
  private var parserText: String?
  private var exitCode: Int32
  /// Whether the result, and therefore the error, is printed as JSON.
  private let isJSON: Bool
  /// How the parser begins its errors.
  private static let parserPrefix = "Error: "

  init(_ error: any Error, arguments: [String]) {
    parserText = nil
    isJSON = Self.wantsJSON(arguments)
    switch error {
    case let refusal as RunRefusal:
      self.refusal = refusal
      exitCode = refusal.code.exitCode
    case let reason as any RefusalReason:
      refusal = RunRefusal(reason)
      exitCode = refusal.code.exitCode
    case let code as ExitCode:
      refusal = RunRefusal(UsageFault.parser(""))
      exitCode = code.rawValue
      parserText = ""
    default:
      HelpWidth.correct()
      let text = JobmonProgram.fullMessage(for: error)
      exitCode = JobmonProgram.exitCode(for: error).isSuccess ? 0 : 2
      parserText = Self.ownForm(text)
      refusal = RunRefusal(UsageFault.parser(JobmonProgram.message(for: error)))
    }
  }

  /// The parser's text in the form of all errors: the program's name, then a small letter.
  private static func ownForm(_ text: String) -> String {
    guard text.hasPrefix(parserPrefix) else { return text }
    let message = text.dropFirst(parserPrefix.count)
    return "jobmon: " + message.prefix(1).lowercased() + message.dropFirst()
  }

  /// Prints the message on stderr or as JSON, and returns the exit code.
  func tell() -> Int32 {
    if let parserText, exitCode == 0 {
      return print(parserText, isJSON: false)
    } else if isJSON, parserText != "" {
      return print(ResultJSON.text(of: refusal), isJSON: true)
    } else if let parserText {
      if !parserText.isEmpty { Console.error(parserText) }
    } else {
      Console.write("\(StyledText(message: "jobmon: \(refusal.commandDescription)"))\n")
    }
    return exitCode
  }

  /// - Returns: the exit code; 1 instead of 0 if standard output could not be written.
  private func print(_ text: String, isJSON: Bool) -> Int32 {
    do throws(OutputFailure) {
      try isJSON ? StandardOutput.json(text) : StandardOutput.line(text)
      try StandardOutput.finish()
      return exitCode
    } catch {
      if exitCode == 0 { error.end() }
      if !error.isReaderGone { error.tell() }
      return exitCode
    }
  }

  /// With JSON requested, all errors are JSON, including usage errors.
  private static func wantsJSON(_ arguments: [String]) -> Bool {
    // For `run`, -n means --dry-run.
    let isRun =
      ["run", "resume", "workflow_resume"].contains(arguments.first)
      || arguments.starts(with: ["workflow", "resume"]) || arguments.starts(with: ["workflow", "rerun"])
      || arguments.starts(with: ["task", "rerun"])
    for (index, argument) in arguments.enumerated() {
      if argument == "-n", !isRun { return true }
      if ["--json", "--output=json", "-o=json", "-ojson"].contains(argument) { return true }
      if ["-o", "--output"].contains(argument), index + 1 < arguments.count, arguments[index + 1] == "json" {
        return true
      }
    }
    return false
  }
}
