import ArgumentParser
import Foundation
import JobmonCore
import OSText

/// The one place that turns errors into sentences and exit codes.
struct Failure {
  let refusal: RunRefusal
  /// What the parser has to say, where it was the parser.
  private var parserText: String?
  private var exitCode: Int32
  /// Whether the result, and so the refusal, is wanted as JSON.
  private let isJSON: Bool

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
      parserText = text
      refusal = RunRefusal(UsageFault.parser(JobmonProgram.message(for: error)))
    }
  }

  /// Says it, on stderr or as JSON, and returns the exit code.
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

  /// - Returns: the exit code: 1 where that would be 0 and standard output could not be written.
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

  /// Who asks for JSON gets it in every case, usage errors included.
  private static func wantsJSON(_ arguments: [String]) -> Bool {
    // There -n is --dry-run.
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
