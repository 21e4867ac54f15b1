import JobmonModel

/// Answers for callbacks: what a task asks for where its definition leaves that to a function.
public protocol ResourceResolver: Sendable {
  /// Called from the driver's thread, and returns at once; `answer` is called once, from any thread, within five minutes.
  func resolve(_ question: ResourceQuestion, answer: @escaping @Sendable (ResolvedResources) -> Void)
}

/// What a callback is asked.
public struct ResourceQuestion: Hashable, Sendable {
  /// The callback's name, as the definition has it.
  public var callback: String
  /// The task's id in the store.
  public var task: TaskID
  /// The task's name, which several tasks may have.
  public var taskName: String
  /// The name of the task's template.
  public var template: String
  /// The task's argument values, by name.
  public var arguments: [String: String]
  /// What the task asks for now: its definition, or its last attempt.
  public var request: ResourceRequest
  /// The resource that ran out and is to be scaled; nil: the task has become ready, and may set any of them.
  public var ranOut: ScalableResource?
  /// How often that resource has run out in this run.
  public var failures: Int
}
