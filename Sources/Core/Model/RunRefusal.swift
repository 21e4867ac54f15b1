/// Why a run, or another action, was refused: a reason, and the position of the fault if a file has it. The code is
/// part of the public interface.
public struct RunRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kinds of refusal. The raw values are part of the public interface: `error.code` in JSON output.
  public enum Code: String, Codable, CaseIterable, Sendable {
    /// A workflow, resource or configuration file cannot be read, a definition is wrong, or other users can write a
    /// file that decides what is run.
    case invalidFile = "invalid_file"
    /// An option or an argument is invalid, or conflicts with others.
    case invalidUsage = "invalid_usage"
    /// The workflow, task, run or file does not exist.
    case notFound = "not_found"
    /// The workflow is already stored and is not done. Only a resume can continue it.
    case workflowExists = "workflow_exists"
    /// The workflow is DONE, so nothing is left to run.
    case workflowDone = "workflow_done"
    /// A workflow with the same tool version and workflow_args is stored with different tasks.
    case workflowDiffers = "workflow_differs"
    /// The same workflow belongs to a file in another folder, or with another name.
    case workflowElsewhere = "workflow_elsewhere"
    /// Another run, which may be alive, holds the workflow, or another process holds the database.
    case workflowHeld = "workflow_held"
    /// The workflow's state or owner does not allow the action.
    case notResumable = "not_resumable"
    /// No cluster with that name is configured.
    case unknownCluster = "unknown_cluster"
    /// The cluster cannot be used, or did not answer.
    case clusterUnavailable = "cluster_unavailable"
    /// The database cannot be opened, read or written.
    case storeUnavailable = "store_unavailable"

    /// The exit code for this kind.
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

  /// What was refused, and why, with the facts.
  public var reason: any RefusalReason
  /// The position of the fault; nil if no file is at fault.
  public var place: FilePlace?

  /// Creates a refusal. The position is left out if no file is at fault.
  public init(_ reason: any RefusalReason, in place: FilePlace? = nil) {
    self.reason = reason
    self.place = place
  }

  /// The kind of refusal, for programs.
  public var code: Code { reason.code }
  /// What happened, and to what: one or more sentences, without the position and without the ``advice``.
  public var message: String { reason.message }
  /// What a person can do about it; nil if there is nothing to add to the message.
  public var advice: Advice? { reason.advice }
  /// The workflow concerned; nil if none or unknown.
  public var workflowID: WorkflowID? { reason.workflowID }
  /// The file with the fault, as named by the user; nil if no file is at fault.
  public var file: String? { place?.file }
  /// The line in ``file``, from 1; nil if unknown.
  public var line: Int? { place?.line }
  /// The column in ``line``, from 1; nil if unknown.
  public var column: Int? { place?.column }

  /// `file:line:column: message`, as far as the position is known, followed by the advice.
  public var description: String { (place.map { "\($0): " } ?? "") + reason.description }

  /// Whether both have the same code, message, advice, workflow and position.
  public static func == (one: RunRefusal, other: RunRefusal) -> Bool {
    one.code == other.code && one.message == other.message && one.advice == other.advice
      && one.workflowID == other.workflowID && one.place == other.place
  }

  /// Hashes the values that `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(code)
    hasher.combine(message)
    hasher.combine(advice)
    hasher.combine(workflowID)
    hasher.combine(place)
  }
}
