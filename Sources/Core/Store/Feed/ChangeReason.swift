import JobmonModel

/// Why something has changed without an attempt.
public enum ChangeReason: Hashable, Codable, Sendable {
  /// A user has set tasks, or the whole workflow.
  case setByHand
  /// A run has started and reset the counters of all tasks that are not DONE.
  case resumed
  /// The workflow was bound again, with another limit.
  case boundAgain
  /// The workflow was bound again with other names, attributes or settings.
  case boundWithOtherSettings
  /// Changes of the workflow were accepted: a new workflow replaces it.
  case replaced
  /// The run's driver was found dead by the run that took over the workflow.
  case driverFoundDead
  /// No queue accepts the task, for this reason.
  case impossible(String)
  /// The callback with this name returned no resources that the task can have, for this reason.
  case callback(String, String)
  /// How the run ended.
  case ended(RunEnding)
  /// A sentence stored by an earlier version.
  case text(String)

  /// The reason as text for the user; nil if there is nothing to report.
  public var words: String? {
    switch self {
    case .setByHand: "set by hand"
    case .resumed: "resumed"
    case .boundAgain: "bound again"
    case .boundWithOtherSettings: "bound again with other settings"
    case .replaced: "replaced by another workflow: its changes were accepted"
    case .driverFoundDead: "its driver was found dead"
    case .impossible(let why): why
    case .callback(let name, let why): "callback '\(name)': \(why)"
    case .ended(let ending): ending.words
    case .text(let text): text
    }
  }
}
