import JobmonModel

extension TextFault {
  package var code: RunRefusal.Code { .invalidFile }

  package var message: String {
    switch self {
    case .missing: "there is no such file"
    case .folder: "this is a folder; name the file in it"
    case .unreadable(let reason): "the file cannot be read" + (reason.map { ": \($0)" } ?? "")
    case .notUTF8: "the file is not UTF-8 text"
    case .empty: "the file is empty: a workflow has at least tool, task_templates and tasks"
    case .longLine(let longest): "the line is longer than \(longest >> 20) MiB"
    case .noEnd:
      "the input ends without {\"end\": true}, which its head (framed: true) announces: the producer was interrupted"
    case .endsInLine:
      "the input ends in the middle of a line: the producer was interrupted; end the last line with a newline"
    case .hasMoreAfterEnd: "the input continues after {\"end\": true}, which must be its last line"
    case .badEnd: "the last line must be {\"end\": true}"
    case .syntax(let text): text
    case .repeatedKey(let key): "the key '\(key)' is given twice; keep one"
    case .expansion: "its aliases (*name) expand to too much text: write the values out"
    case .merge: "'<<' needs a mapping or a list of mappings, as in `<<: *name`"
    }
  }
}

extension ValueFault {
  package var code: RunRefusal.Code { .invalidFile }

  package var message: String {
    switch self {
    case .expected(let expected, let found):
      "expected \(expected)" + (found.map { " and found '\($0)'" } ?? "")
    case .keyNotPlain: "a key must be a plain word"
    case .unknownKey(let key, let owner, let nearest, let known):
      "\(owner) has no key '\(key)'; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "the keys are \(known.joined(separator: ", "))")
    case .tooSmall(let value, let least): "\(value) is less than \(least)"
    case .outside(let value, let range):
      "\(value) is outside the range \(range.lowerBound) to \(range.upperBound)"
    case .notArgument: "an argument's value is text, a number, true, false, null or a list"
    case .alias: "aliases are not allowed here"
    case .memory(let reason): reason
    case .runtime(let text):
      "'\(text)' is not a valid run time; examples: 90s, 60m, 2h, 1h30m, 02:00:00, 1-00:00:00"
    case .resourceMapping:
      "a resource is a number or a text, not a mapping; give the resources of all clusters under `any`, those of one "
        + "cluster under its name"
    case .unknownResource(let key, let nearest): "there is no resource '\(key)'; did you mean '\(nearest)'?"
    case .notScalable: "only memory and runtime can be scaled"
    case .noRequests: "the list of requests is empty"
    }
  }
}

extension WorkflowFileFault {
  package var code: RunRefusal.Code {
    if case .unknownParameter = self { .invalidUsage } else { .invalidFile }
  }

  package var message: String {
    switch self {
    case .missingKey(let key): "a workflow file needs the key '\(key)'"
    case .needs(let what, let owner): "\(owner ?? "an entry") needs a \(what)"
    case .badParameterName(let name): "'\(name)' is not a valid parameter name"
    case .unknownParameter(let name, let nearest):
      "'\(name)' cannot be set: the file has no such parameter under params\(Self.hint(nearest))"
    case .placeholderSyntax(let text, let fault):
      "'\(text)' \("\(fault)".replacing("argument name", with: "name")); \(DefinitionError.doubledBrace)"
    case .unknownPlaceholder(let name, let nearest):
      "'{\(name)}' is neither an argument of this entry nor a parameter; "
        + (nearest.map { "did you mean '{\($0)}'?" } ?? DefinitionError.doubledBrace)
    case .unreadableFile(let path): "the file \(path) cannot be read"
    case .fileNotUTF8(let path): "the file \(path) is not UTF-8 text"
    case .badInclude(let path, let reason): "include: \(path): \(reason)"
    case .unknownTemplate(let name, let nearest, let known):
      "there is no template '\(name)'; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "the templates are \(known.joined(separator: ", "))")
    case .tooManyTasks(let count, let most):
      "the entry creates \(count.map { "\($0) tasks" } ?? "too many tasks to count"); a workflow can have "
        + "at most \(most)"
    case .unknownID(let id): "no entry before this one has the id '\(id)'"
    case .repeatedID(let id): "the id '\(id)' is given to two entries"
    case .givenByForEach(let argument): "'\(argument)' is already given under for_each"
    case .noValue(let error): "\(error.message); give it under args, for_each or params"
    case .bothForEach: "an entry can have for_each or for_each_row, not both"
    case .emptyRange: "expected [first, last] with first <= last (both ends included)"
    case .longRange(let most): "more than \(most) values"
    case .emptyTable: "the table is empty; its first line names the columns"
    case .openQuote: "a quoted field has no closing quote"
    case .noFile(let pattern, let directory):
      "no file matches '\(pattern)' in \(directory); add optional: true to allow this"
    case .optionalWithoutGlob: "only a glob can be optional"
    case .fieldCount(let line, let count, let header):
      "line \(line) has \(count) fields, the first has \(header)"
    case .noTask(let name, let nearest): "there is no task '\(name)'\(Self.hint(nearest))"
    case .severalTasks(let count, let name, let shown):
      "\(count) tasks are named '\(name)' (\(shown.joined(separator: ", "))); select one with template and where"
    case .noTemplate(let name, let nearest): "there is no template '\(name)'\(Self.hint(nearest))"
    case .noArgument(let argument, let template, let nearest):
      "template '\(template)' has no argument '\(argument)'\(Self.hint(nearest))"
    case .noMatch(let template, let task):
      "no task of template '\(template)' matches the upstream of '\(task)'; add `optional: true` to allow this"
    }
  }

  private static func hint(_ nearest: String?) -> String {
    nearest.map { "; did you mean '\($0)'?" } ?? ""
  }
}
