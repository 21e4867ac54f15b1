import Foundation

/// What the commands of a test wrote, in the order in which it happened.
struct Ledger: Sendable {
  enum Word: String, Sendable {
    /// By the command itself.
    case start, end, fail
    /// By a descendant of it that is alive.
    case beat
    /// Another execution of the same task, or a descendant of one, was alive when this one began.
    case overlap
    /// By the test: the store says that the task is DONE.
    case done
    /// By the test: everything that could run a task has been killed, or has ended.
    case crash
  }

  struct Line: Sendable {
    var word: Word
    var task = ""
    var instance = 0
    var attempt = 0
    var run = 0
    var pid = 0
  }

  var lines: [Line]

  init(_ lines: [Line]) { self.lines = lines }

  /// - Throws: where a line is not whole: the ledger itself would then be no witness.
  init(text: String) throws {
    lines = try text.split(separator: "\n").map { line in
      let fields = line.split(separator: " ")
      guard let word = fields.first.flatMap({ Word(rawValue: String($0)) }) else {
        throw HarnessError("no ledger line: \(line)")
      }
      switch word {
      case .crash where fields.count == 1: return Line(word: word)
      case .done where fields.count == 2: return Line(word: word, task: String(fields[1]))
      default:
        guard fields.count == 6, let instance = Int(fields[2]), let attempt = Int(fields[3]),
          let run = Int(fields[4]), let pid = Int(fields[5])
        else { throw HarnessError("no ledger line: \(line)") }
        return Line(
          word: word, task: String(fields[1]), instance: instance, attempt: attempt, run: run, pid: pid)
      }
    }
  }

  func count(_ word: Word, task: String? = nil) -> Int {
    lines.count { $0.word == word && (task == nil || $0.task == task) }
  }
}

extension Sandbox {
  func ledger() throws -> Ledger { try Ledger(text: read("ledger")) }

  /// Adds lines of the test's own.
  func mark(_ lines: [String]) throws {
    guard !lines.isEmpty else { return }
    let file = fopen(path("ledger"), "a")
    guard let file else { throw HarnessError("cannot write the ledger") }
    defer { fclose(file) }
    fputs(lines.joined(separator: "\n") + "\n", file)
  }
}
