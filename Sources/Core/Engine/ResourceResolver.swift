import JobmonModel

/// Answers callbacks: computes a task's request if its definition leaves that to a function.
public protocol ResourceResolver: Sendable {
  /// Called on the driver's thread; must return at once. Call `answer` once, from any thread, within five minutes.
  func resolve(_ question: ResourceQuestion, answer: @escaping @Sendable (ResolvedResources) -> Void)
}

/// A question to a callback.
public struct ResourceQuestion: Hashable, Sendable {
  /// The callback's name in the definition.
  public var callback: String
  /// The task's id in the store.
  public var task: TaskID
  /// The task's name; several tasks may share it.
  public var taskName: String
  /// The name of the task's template.
  public var template: String
  /// The task's argument values, by name.
  public var arguments: [String: String]
  /// The current request: of the task's definition, or of its last attempt.
  public var request: ResourceRequest
  /// The resource that ran out and is to be scaled; nil if the task has become ready and may set any of them.
  public var ranOut: ScalableResource?
  /// How often that resource has run out in this run.
  public var failures: Int
}
