import JobmonModel

/// Why the text of a file or a stream cannot be parsed at all.
package enum TextFault: RefusalReason, Hashable {
  case missing
  case folder
  /// The system's error; nil if there is none.
  case unreadable(reason: String?)
  case notUTF8
  case empty
  /// Maximum length in bytes.
  case longLine(longest: Int)
  /// The stream ends without the last line that its head announces.
  case noEnd
  case endsInLine
  case hasMoreAfterEnd
  /// The key `end` has a value other than `true`.
  case badEnd
  /// A syntax error reported by the YAML or JSON parser.
  case syntax(String)
  case repeatedKey(String)
  /// The aliases expand to more values than allowed.
  case expansion
  case merge
}

/// Why a value in a file is not valid for its key.
package enum ValueFault: RefusalReason, Hashable {
  /// What was expected, and the text found if it can be shown.
  case expected(String, found: String? = nil)
  case keyNotPlain
  /// An unknown key.
  case unknownKey(String, of: String, nearest: String?, known: [String])
  case tooSmall(Int, least: Int)
  case outside(Int, ClosedRange<Int>)
  case notArgument
  case alias
  /// Why a text is not a valid memory size.
  case memory(reason: String)
  case runtime(String)
  case resourceMapping
  case unknownResource(String, nearest: String)
  case notScalable
  case noRequests
}

/// What is wrong with the parts of a workflow file, apart from the types of values.
package enum WorkflowFileFault: RefusalReason, Hashable {
  case missingKey(String)
  /// A missing key of an entry or a template, and its path; nil if it has none.
  case needs(String, owner: String?)
  case badParameterName(String)
  /// A value was given for a parameter that the file does not have.
  case unknownParameter(String, nearest: String?)
  case placeholderSyntax(String, DefinitionError.TemplateFault)
  case unknownPlaceholder(String, nearest: String?)
  case unreadableFile(String)
  case fileNotUTF8(String)
  /// An included file, and what is wrong with it.
  case badInclude(String, reason: String)
  // Entries
  case unknownTemplate(String, nearest: String?, known: [String])
  /// nil: the number is too large.
  case tooManyTasks(Int?, most: Int)
  case unknownID(String)
  case repeatedID(String)
  case givenByForEach(String)
  case noValue(DefinitionError)
  // for_each
  case bothForEach
  case emptyRange
  case longRange(most: Int)
  case emptyTable
  case openQuote
  /// No file matches a pattern that is not optional.
  case noFile(String, directory: String)
  case optionalWithoutGlob
  case fieldCount(line: Int, Int, header: Int)
  // upstream
  case noTask(String, nearest: String?)
  /// Several tasks have the same name; some of them.
  case severalTasks(Int, named: String, shown: [String])
  case noTemplate(String, nearest: String?)
  case noArgument(String, template: String, nearest: String?)
  case noMatch(template: String, task: String)
}

/// A fault of one value in a file, with its path in the file, as in `tasks[2].args`.
package struct MemberFault: RefusalReason {
  package var path: String
  package var fault: any RefusalReason

  package init(_ path: String, _ fault: any RefusalReason) {
    self.path = path
    self.fault = fault
  }

  package var code: RunRefusal.Code { fault.code }
  package var workflowID: WorkflowID? { fault.workflowID }
  package var advice: Advice? { fault.advice }
  /// In a line of JSON the path is empty, because the position is sufficient.
  package var message: String { path.isEmpty ? fault.message : "\(path): \(fault.message)" }
}
