/// Why a run was not started. The code is the contract's; the message says what to do.
public struct RunRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Code: String, Codable, CaseIterable, Sendable {
    case invalidFile = "invalid_file"
    case invalidUsage = "invalid_usage"
    case notFound = "not_found"
    case workflowExists = "workflow_exists"
    case workflowDone = "workflow_done"
    case workflowDiffers = "workflow_differs"
    case workflowElsewhere = "workflow_elsewhere"
    case workflowHeld = "workflow_held"
    case notResumable = "not_resumable"
    case unknownCluster = "unknown_cluster"
    case clusterUnavailable = "cluster_unavailable"
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

  public var code: Code
  public var message: String
  public var workflowID: WorkflowID?
  public var file: String?
  public var line: Int?
  public var column: Int?

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
