/// Why a task is not running now, or what a workflow is doing.
public struct Explanation: Hashable, Sendable {
  /// nil: of the workflow as a whole.
  public var task: TaskID?
  /// As listings show it.
  public var state: String
  /// One sentence, that of the reason which has to go away first.
  public var because: String
  /// What a person needs to go on from there.
  public var details: String
}
