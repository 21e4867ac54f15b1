import JobmonCore

/// A fault in an option or argument that the parser accepts, or in a file given by one.
enum UsageFault: RefusalReason, Hashable {
  /// The argument parser's message.
  case parser(String)
  /// The typed words name no command; similar commands, and the group.
  case noCommand(String, nearest: [String], group: String?)
  /// The option does not accept this value. Depending on the kind of value, the sentence includes the value.
  case badValue(option: String, Value)
  case notUTF8(String)
  case noConfirmation
  case fileExists(String)
  /// The system's error message.
  case unwritable(String, option: String, reason: String)
  case badOptionKey(String)
  case optionsElsewhere

  /// The kind of value that an option accepts.
  enum Value: Hashable {
    /// `--control`
    case descriptors(String)
    /// An option that takes `name=value`.
    case assignment(String)
    /// One of several words.
    case word(String, [String])
    case jsonObject(String)
    case rowCount
    /// A duration.
    case length(String)
    /// A column to sort by.
    case column(String, nearest: String?, known: [String])
    /// A column with an invalid sort order.
    case order(String, column: String)
    /// A duration or a time.
    case spanOrTime(String)
    /// A time or a duration.
    case timeOrSpan(String)
    case doneOrAgain(String)
    /// An amount or a factor of a resource.
    case resourceChange(String, example: String)
    /// The target of events.
    case eventFile(String, reason: String)
  }
}

/// Something requested does not exist.
enum AbsenceFault: RefusalReason, Hashable {
  case database(String, workflow: String?)
  case attempt(Int, of: String)
  case logs(of: String)
  /// A log file, and why it is missing.
  case log(String, reason: String)
  case instance(String, reason: String)
  case usage([WorkflowID])
}

extension UsageFault {
  var code: RunRefusal.Code { .invalidUsage }

  var message: String {
    switch self {
    case .parser(let text): text
    case .noCommand(let words, let nearest, let group):
      nearest.isEmpty
        ? "there is no command '\(words)': `jobmon \(group.map { "\($0) " } ?? "")--help` lists the commands"
        : "there is no command '\(words)'; did you mean \(nearest.map { "'\($0)'" }.joined(separator: " or "))?"
    case .badValue(let option, let value): Self.text(option, value)
    case .notUTF8(let argument):
      "'\(argument)' is not UTF-8 text: --set and --workflow-args need UTF-8"
    case .noConfirmation: "nothing was changed: no terminal to ask for confirmation; add -f"
    case .fileExists(let path):
      "\(path) already exists: give another file, as in `jobmon init other.yaml`"
    case .unwritable(let path, let option, let reason):
      "\(option) \(path) cannot be written: \(reason)"
    case .badOptionKey(let key):
      "'\(key)': write clusters.NAME.KEY, as in clusters.local.slots"
    case .optionsElsewhere: "options of clusters are in ~/.jobmon/plugins.json: omit --config-file"
    }
  }

  private static func text(_ option: String, _ value: Value) -> String {
    switch value {
    case .descriptors(let text):
      "\(option) \(text): give the number of an open file descriptor, or two, as in 3,4 (in, out)"
    case .assignment(let text): "\(option) takes name=value, not '\(text)'"
    case .word(let word, let words):
      "\(option) \(word): use one of \(words.joined(separator: ", "))"
        + (Suggestion.nearest(to: word.uppercased(), among: words).map { "; did you mean \($0)?" } ?? "")
    case .length(let text): "\(option) \(text): give a length of time such as 90s, 10m, 2h or 1d"
    case .column(let name, let nearest, let known):
      "\(option): there is no column '\(name)'"
        + (nearest.map { "; did you mean '\($0)'?" } ?? ": sort by one of \(known.joined(separator: ", "))")
    case .order(let text, let column): "\(option) \(text): write \(column), \(column):asc or \(column):desc"
    case .jsonObject(let text):
      "\(option) takes a JSON object such as {\"location_id\": [1, 2]}, not '\(text)'"
    case .rowCount: "\(option) takes a number of rows (0 = all)"
    case .spanOrTime(let text):
      "\(option) \(text): give a time span such as 90d, or a date such as 2026-01-31"
    case .timeOrSpan(let text):
      "\(option) \(text): give a time such as 2026-01-31 or 2026-01-31T08:15:00Z, or a time span such as 2h or 7d"
    case .doneOrAgain(let word): "\(option) \(word): give D (DONE) or G (reset)"
    case .resourceChange(let text, let example): "\(option) \(text): give an amount such as \(example)"
    case .eventFile(let path, let reason): "\(option): \(path) cannot be written (\(reason))"
    }
  }
}

extension AbsenceFault {
  var code: RunRefusal.Code {
    if case .instance = self { .invalidFile } else { .notFound }
  }

  var workflowID: WorkflowID? {
    switch self {
    case .database(_, let workflow): workflow.flatMap(WorkflowID.init)
    case .usage(let workflows): workflows.first
    case .attempt, .logs, .log, .instance: nil
    }
  }

  var message: String {
    switch self {
    case .database(let path, let workflow):
      "there is no database \(path), so there is no workflow \(workflow ?? "to resume")"
    case .attempt(let number, let what): "\(what) has no attempt \(number)"
    case .logs(let what): "\(what) has not started yet and has no logs"
    case .log(let path, let reason), .instance(let path, let reason): "\(path) cannot be read: \(reason)"
    case .usage(let workflows):
      "no task of workflow \(CountText.list(workflows)) is DONE yet, so nothing was measured"
    }
  }
}
