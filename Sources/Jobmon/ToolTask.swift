import JobmonCore

/// A task: a template with values for its arguments, and its upstream tasks.
public final class ToolTask {
  let template: ToolTemplate
  let values: [String]
  let settings: TaskSettings
  let callbacks: [ResourceCallback]
  private(set) var upstream: [ToolTask] = []
  weak var workflow: ToolWorkflow?

  /// For output and for log files: at most 249 bytes, not unique.
  public let name: String
  /// Names and values that are stored with the task and shown. Not part of its identity.
  public var attributes: [String: String]
  /// Its id in the store; nil before its workflow is bound.
  public internal(set) var id: TaskID?

  init(
    template: ToolTemplate, values: [String], name: String, attributes: [String: String],
    settings: TaskSettings,
    callbacks: [ResourceCallback]
  ) {
    self.template = template
    self.values = values
    self.name = name
    self.attributes = attributes
    self.settings = settings
    self.callbacks = callbacks
  }

  /// The value of an argument; nil if the template has no argument with this name.
  public func argument(_ name: String) -> String? {
    template.template.arguments.firstIndex(of: name).map { values[$0] }
  }

  /// Adds a task that must be done first. Duplicates have no effect.
  public func addUpstream(_ task: ToolTask) { upstream.append(task) }

  /// Adds tasks that must be done first, for example `task.addUpstream(workflow.tasks(template: "process"))`.
  public func addUpstream(_ tasks: [ToolTask]) { upstream += tasks }

  /// Its failed attempts, oldest first.
  ///
  /// - Throws: ``RunRefusal`` if its workflow is not bound.
  public func errors() throws -> [AttemptRow] {
    try attempts().filter { $0.status.isFinal && $0.status != .done && $0.status != .killed }
  }

  /// The resource usage of its last successful attempt; nil if there is none.
  ///
  /// - Throws: as ``errors()``.
  public func resourceUsage() throws -> ResourceUsage? { try attempts().last { $0.status == .done }?.usage }

  private func attempts() throws -> [AttemptRow] {
    guard let workflow else {
      throw RunRefusal(ToolRefusal.taskOutside(name))
    }
    return try workflow.site.withStore { store in
      if id == nil { try workflow.find(in: store) }
      guard let id else {
        throw RunRefusal(ToolRefusal.taskNotStored(name))
      }
      return try store.attempts(of: [id]).compactMap(\.attempt)
    }
  }
}
