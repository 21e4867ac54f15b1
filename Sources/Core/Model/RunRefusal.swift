/// Why a run was not started, or something else was not done: a reason, and the place of the fault where a file has it. The
/// code is the contract's.
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

  /// What was refused, with its facts.
  public var reason: any RefusalReason
  /// Where the fault is; nil where no file is at fault.
  public var place: FilePlace?

  /// A refusal for a reason. The place is left out where no file is at fault.
  public init(_ reason: any RefusalReason, in place: FilePlace? = nil) {
    self.reason = reason
    self.place = place
  }

  /// Which kind of refusal it is, for programs.
  public var code: Code { reason.code }
  /// What happened, and on what: one or more sentences for a person, without the place and without the ``advice``.
  public var message: String { reason.message }
  /// What a person can do about it; nil where the message says all there is.
  public var advice: Advice? { reason.advice }
  /// The workflow that it is about; nil where there is none or it is not known.
  public var workflowID: WorkflowID? { reason.workflowID }
  /// The file with the fault, as the user has named it; nil where no file is at fault.
  public var file: String? { place?.file }
  /// The line in ``file``, from 1; nil where it is not known.
  public var line: Int? { place?.line }
  /// The column in ``line``, from 1; nil where it is not known.
  public var column: Int? { place?.column }

  /// `file:line:column: message`, as far as the place is known, and the advice.
  public var description: String { (place.map { "\($0): " } ?? "") + reason.description }

  /// Whether both say the same of the same place.
  public static func == (one: RunRefusal, other: RunRefusal) -> Bool {
    one.code == other.code && one.message == other.message && one.advice == other.advice
      && one.workflowID == other.workflowID && one.place == other.place
  }

  /// Hashes what is compared.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(code)
    hasher.combine(message)
    hasher.combine(advice)
    hasher.combine(workflowID)
    hasher.combine(place)
  }
}
