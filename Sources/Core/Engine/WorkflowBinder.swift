import Foundation

/// Stores workflows: what `jobmon bind` does, and `jobmon run` before it runs anything.
public struct WorkflowBinder {
  let store: any Store
  let options: RunOptions
  let notice: (String) -> Void

  /// - Parameters:
  ///   - options: the limit that overrides the workflow's, the folder it runs in, whether changes are accepted.
  ///   - notice: told how a workflow has changed whose changes are accepted.
  public init(store: any Store, options: RunOptions, notice: @escaping (String) -> Void) {
    self.store = store
    self.options = options
    self.notice = notice
  }

  /// A workflow that is stored.
  public struct Bound: Sendable {
    public var id: WorkflowID
    /// With its workflow_args, made where there were none.
    public var definition: WorkflowDefinition
    public var identity: WorkflowIdentity
  }

  /// Stores a workflow that nobody runs now.
  ///
  /// - Throws: ``RunRefusal`` where it is invalid, held by a run, or has changed; ``StoreError``.
  public func bind(_ workflow: WorkflowDefinition) throws -> Bound {
    let prepared = try prepare(workflow)
    if let existing = prepared.existing, existing.isBound {
      try refuseHeld(existing)
      if existing.status == .done, existing.identity == prepared.identity.workflow {
        return Bound(id: existing.id, definition: prepared.definition, identity: prepared.identity)
      }
      try noticeChanges(existing, prepared)
    }
    return Bound(id: try store(prepared), definition: prepared.definition, identity: prepared.identity)
  }

  /// A valid definition with all that it needs to be stored, and what is stored under its key.
  struct Prepared {
    var definition: WorkflowDefinition
    var identity: WorkflowIdentity
    var existing: WorkflowRecord?
  }

  func prepare(_ workflow: WorkflowDefinition) throws -> Prepared {
    var definition = workflow
    try definition.validate()
    if let limit = options.maxConcurrentlyRunning { definition.header.maxConcurrentlyRunning = limit }
    if definition.header.workflowArgs == nil {
      if options.resume { throw try unknownWorkflow(named: definition.header.name) }
      definition.header.workflowArgs = UUID().uuidString.lowercased()
    }
    let header = definition.header
    let existing = try store.find(
      tool: header.tool, version: header.toolVersion, workflowArgs: header.workflowArgs ?? "")
    definition.header.workingDirectory =
      header.workingDirectory ?? existing?.workingDirectory ?? options.workingDirectory
    return Prepared(definition: definition, identity: WorkflowIdentity(definition), existing: existing)
  }

  private func unknownWorkflow(named name: String) throws -> RunRefusal {
    let ids = try store.unfinishedWorkflows(named: name, limit: 5)
    let known =
      ids.isEmpty ? "" : "; unfinished ones of that name: " + ids.map(String.init).joined(separator: ", ")
    return RunRefusal(
      .invalidUsage,
      "a workflow without workflow_args cannot be found again by its file: resume it by id with "
        + "`jobmon workflow_resume -w ID`\(known)")
  }

  func store(_ prepared: Prepared) throws -> WorkflowID {
    KillPoint.reached("driver.bind.before")
    let id = try store.bind(
      prepared.definition, identity: prepared.identity, acceptingChanges: options.acceptChanges)
    KillPoint.reached("driver.bind.after")
    return id
  }

  /// - Throws: ``RunRefusal`` where a run holds the workflow that may be alive.
  func refuseHeld(_ existing: WorkflowRecord) throws {
    guard let holder = try store.holder(of: existing.id), !HostProcess(holder.driver).isKnownDead else {
      return
    }
    throw RunRefusal(
      .workflowHeld,
      "workflow \(existing.id) is being run by run \(holder.run): \(holder.driver.user), process "
        + "\(holder.driver.pid) on \(holder.driver.host), since \(holder.since.iso8601)",
      workflowID: existing.id)
  }

  /// Says how a stored workflow has changed.
  ///
  /// - Throws: ``StoreError/workflowDiffers(_:_:)`` where the changes are not accepted.
  func noticeChanges(_ existing: WorkflowRecord, _ prepared: Prepared) throws {
    guard existing.identity != prepared.identity.workflow else { return }
    do {
      // Finds out what differs, and refuses.
      _ = try store.bind(prepared.definition, identity: prepared.identity)
    } catch StoreError.workflowDiffers(_, let how) where options.acceptChanges {
      notice("workflow \(existing.id) has changed and is replaced: \(how)")
    }
  }
}
