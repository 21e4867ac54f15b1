/// Why a run was not started. The code is the contract's; the message says what to do.
public struct RunRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of refusal. The raw values are part of the contract: JSON output has them as `error.code`.
  public enum Code: String, Codable, CaseIterable, Sendable {
    /// A workflow, resource or configuration file cannot be read, a definition is wrong, or a file that decides what
    /// is run can be written by others.
    case invalidFile = "invalid_file"
    /// An option or an argument makes no sense, or not together with the others.
    case invalidUsage = "invalid_usage"
    /// There is no such workflow, task, run or file.
    case notFound = "not_found"
    /// The workflow is in the store already and is not done: only a resume may continue it.
    case workflowExists = "workflow_exists"
    /// The workflow is DONE: there is nothing to run.
    case workflowDone = "workflow_done"
    /// A workflow of the same tool version and workflow_args is stored with other tasks.
    case workflowDiffers = "workflow_differs"
    /// The same workflow belongs to a file in another folder, or of another name.
    case workflowElsewhere = "workflow_elsewhere"
    /// Another run, which may be alive, holds the workflow, or another process the database.
    case workflowHeld = "workflow_held"
    /// The workflow's state, or who owns it, does not allow what was asked for.
    case notResumable = "not_resumable"
    /// No cluster of that name is configured.
    case unknownCluster = "unknown_cluster"
    /// The cluster cannot be used, or has not answered.
    case clusterUnavailable = "cluster_unavailable"
    /// The database cannot be opened, read or written.
    case storeUnavailable = "store_unavailable"

    /// The exit status that goes with it.
    public var exitCode: Int32 {
      switch self {
      case .invalidFile, .invalidUsage, .notFound, .unknownCluster: 2
      case .workflowExists, .workflowDone, .workflowDiffers, .workflowElsewhere, .workflowHeld, .notResumable:
        3
      case .clusterUnavailable: 4
      case .storeUnavailable: 1
      }
    }
  }

  /// Which kind of refusal it is, for programs.
  public var code: Code
  /// What happened, on what, and what to do: one or more sentences for a person, without the place.
  public var message: String
  /// The workflow that it is about; nil where there is none or it is not known.
  public var workflowID: WorkflowID?
  /// The file with the fault, as the user has named it; nil where no file is at fault.
  public var file: String?
  /// The line in ``file``, from 1; nil where it is not known.
  public var line: Int?
  /// The column in ``line``, from 1; nil where it is not known.
  public var column: Int?

  /// A refusal. The place is left out where no file is at fault.
  public init(
    _ code: Code, _ message: String, workflowID: WorkflowID? = nil, file: String? = nil, line: Int? = nil,
    column: Int? = nil
  ) {
    self.code = code
    self.message = message
    self.workflowID = workflowID
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column: message`, as far as the place is known.
  public var description: String {
    guard let file else { return message }
    return ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":") + ": "
      + message
  }
}
