import JobmonModel

/// Why something has changed that no attempt has changed.
public enum ChangeReason: Hashable, Codable, Sendable {
  /// A person has set tasks, or the whole workflow.
  case setByHand
  /// A run begins, and gives every task that is not done fresh counters.
  case resumed
  /// The workflow was bound again: with another limit.
  case boundAgain
  /// The workflow was bound again with other names, attributes or settings.
  case boundWithOtherSettings
  /// Changes of the workflow were accepted: another one takes its place.
  case replaced
  /// The run's driver was found dead by the one that took the workflow over.
  case driverFoundDead
  /// No queue takes the task; why.
  case impossible(String)
  /// The callback of this name gave no resources that the task can have; why.
  case callback(String, String)
  /// How the run came to its end.
  case ended(RunEnding)
  /// Of a version that kept sentences.
  case text(String)

  /// For people; nil where there is nothing to say.
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
