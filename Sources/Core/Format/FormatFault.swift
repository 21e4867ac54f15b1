import JobmonModel

/// Why the text of a file, or of a stream, cannot be read at all.
package enum TextFault: RefusalReason, Hashable {
  case missing
  case folder
  /// What the system says; nil where it has not said anything.
  case unreadable(reason: String?)
  case notUTF8
  case empty
  /// In bytes.
  case longLine(longest: Int)
  /// The stream ends without the line that its head promises.
  case noEnd
  case endsInLine
  case hasMoreAfterEnd
  /// Something else than `true` behind the key `end`.
  case badEnd
  /// What a parser of YAML or JSON has found, in its words.
  case syntax(String)
  case repeatedKey(String)
  /// Aliases that stand for more than fits into memory.
  case expansion
  case merge
}

/// Why a value of a file is not what its key takes.
package enum ValueFault: RefusalReason, Hashable {
  /// What was expected, in words, and what there is, where that can be shown.
  case expected(String, found: String? = nil)
  case keyNotPlain
  /// A key that a thing does not have.
  case unknownKey(String, of: String, nearest: String?, known: [String])
  case tooSmall(Int, least: Int)
  case outside(Int, ClosedRange<Int>)
  case notArgument
  case alias
  /// Why a text is no amount of memory, as the units say it.
  case memory(reason: String)
  case runtime(String)
  case resourceMapping
  case unknownResource(String, nearest: String)
  case notScalable
  case noRequests
}

/// What is wrong with the parts of a workflow file, beyond their shapes.
package enum WorkflowFileFault: RefusalReason, Hashable {
  case missingKey(String)
  /// An entry or a template without what it needs; nil where it has no path.
  case needs(String, owner: String?)
  case badParameterName(String)
  /// A parameter was given that the file does not have.
  case unknownParameter(String, nearest: String?)
  case placeholderSyntax(String, DefinitionError.TemplateFault)
  case unknownPlaceholder(String, nearest: String?)
  case unreadableFile(String)
  case fileNotUTF8(String)
  /// An included file, and what is wrong with it.
  case badInclude(String, reason: String)
  // Entries
  case unknownTemplate(String, nearest: String?, known: [String])
  /// nil: more than can be counted.
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
  /// Some of several tasks of one name.
  case severalTasks(Int, named: String, shown: [String])
  case noTemplate(String, nearest: String?)
  case noArgument(String, template: String, nearest: String?)
  case noMatch(template: String, task: String)
}

/// A fault of one value of a file, by its path in the file, as in `tasks[2].args`.
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
  /// A line of JSON has no path: its place says where it is.
  package var message: String { path.isEmpty ? fault.message : "\(path): \(fault.message)" }
}
