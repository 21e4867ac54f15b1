import Foundation

/// The lines that the commands of a test wrote, in chronological order.
struct Ledger: Sendable {
  enum Word: String, Sendable {
    /// Written by the command itself.
    case start, end, fail
    /// Written by a living descendant of the command.
    case beat
    /// Another execution of the same task, or a descendant of one, was alive when this one began.
    case overlap
    /// Written by the test: the task is DONE in the store.
    case done
    /// Written by the test: everything that could run a task was killed or has ended.
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

  /// - Throws: if a line is incomplete, because the ledger is then not reliable.
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

  /// Appends lines written by the test.
  func mark(_ lines: [String]) throws {
    guard !lines.isEmpty else { return }
    let file = fopen(path("ledger"), "a")
    guard let file else { throw HarnessError("cannot write the ledger") }
    defer { fclose(file) }
    fputs(lines.joined(separator: "\n") + "\n", file)
  }
}
