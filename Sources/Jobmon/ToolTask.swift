import JobmonCore

/// A task: a template with values for its arguments, and what has to be done first.
public final class ToolTask {
  let template: ToolTemplate
  let values: [String]
  let settings: TaskSettings
  let callbacks: [ResourceCallback]
  private(set) var upstream: [ToolTask] = []
  weak var workflow: ToolWorkflow?

  /// For people and for log files: at most 249 bytes; several tasks may have the same.
  public let name: String
  /// Facts about the task, by name: they are stored and shown, and are no part of its identity.
  public var attributes: [String: String]
  /// Its id in the store, once its workflow is bound.
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

  /// The value of an argument; nil where the template has none of that name.
  public func argument(_ name: String) -> String? {
    template.template.arguments.firstIndex(of: name).map { values[$0] }
  }

  /// Says that another task has to be done first. Naming one twice is naming it once.
  public func addUpstream(_ task: ToolTask) { upstream.append(task) }

  /// Says that other tasks have to be done first: `task.addUpstream(workflow.tasks(template: "process"))`, say.
  public func addUpstream(_ tasks: [ToolTask]) { upstream += tasks }

  /// Its failed attempts, oldest first.
  ///
  /// - Throws: ``RunRefusal`` where its workflow is not bound yet.
  public func errors() throws -> [AttemptRow] {
    try attempts().filter { $0.status.isFinal && $0.status != .done && $0.status != .killed }
  }

  /// What its last successful attempt used; nil where there is none.
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
