import Foundation
import JobmonModel
import JobmonStore

/// Stores workflows, for `jobmon bind` and at the start of `jobmon run`.
public struct WorkflowBinder {
  let store: any Store
  let options: RunOptions
  let notice: (String) -> Void

  /// - Parameters:
  ///   - options: the limit that overrides the workflow's, its working directory, whether changes are accepted.
  ///   - notice: called with the changes of a workflow, if they are accepted.
  public init(store: any Store, options: RunOptions, notice: @escaping (String) -> Void) {
    self.store = store
    self.options = options
    self.notice = notice
  }

  /// A stored workflow.
  public struct Bound: Sendable {
    /// The workflow's id in the store.
    public var id: WorkflowID
    /// Includes its workflow_args, which are generated if there were none.
    public var definition: WorkflowDefinition
    /// The hashes by which another definition is recognised as the same workflow.
    public var identity: WorkflowIdentity
  }

  /// Stores a workflow that no run holds.
  ///
  /// - Throws: ``RunRefusal`` if it is invalid, held by a run, or has changed; ``StoreError``.
  public func bind(_ workflow: WorkflowDefinition) throws -> Bound {
    let prepared = try prepare(workflow)
    if let existing = prepared.existing, existing.isBound {
      try refuseHeld(existing)
      if existing.identity == prepared.identity.workflow {
        if existing.status == .done {
          return Bound(id: existing.id, definition: prepared.definition, identity: prepared.identity)
        }
      } else if try !acceptChanges(of: existing, prepared).isEmpty {
        throw RunRefusal(BindRefusal.openAttempts(existing.id))
      }
    }
    return Bound(id: try store(prepared), definition: prepared.definition, identity: prepared.identity)
  }

  /// A valid definition with everything needed to store it, and the stored workflow with its key.
  struct Prepared {
    var definition: WorkflowDefinition
    var identity: WorkflowIdentity
    var existing: WorkflowRecord?
  }

  func prepare(_ workflow: WorkflowDefinition) throws -> Prepared {
    try workflow.validate()
    return try prepare(valid: workflow)
  }

  /// The same for a definition that is already validated.
  func prepare(valid workflow: WorkflowDefinition) throws -> Prepared {
    var definition = workflow
    if let limit = options.maxConcurrentlyRunning { definition.header.maxConcurrentlyRunning = limit }
    if definition.header.workflowArgs == nil {
      if options.resume { throw try unknownWorkflow(named: definition.header.name) }
      definition.header.workflowArgs = UUID().uuidString.lowercased()
    }
    let header = definition.header
    let existing = try store.find(
      tool: header.tool, version: header.toolVersion, workflowArgs: header.workflowArgs ?? "")
    if let existing { try refuseOtherProject(existing, header) }
    definition.header.workingDirectory = header.workingDirectory ?? options.workingDirectory
    return Prepared(definition: definition, identity: WorkflowIdentity(definition), existing: existing)
  }

  private func unknownWorkflow(named name: String) throws -> RunRefusal {
    RunRefusal(BindRefusal.noArgs(unfinished: try store.unfinishedWorkflows(named: name, limit: 5)))
  }

  func store(_ prepared: Prepared) throws -> WorkflowID {
    KillPoint.reached("driver.bind.before")
    let id = try store.bind(
      prepared.definition, identity: prepared.identity, changes: options.changes)
    KillPoint.reached("driver.bind.after")
    return id
  }

  /// Whether a stored workflow with the same identity is done, so that a resume has nothing to run.
  ///
  /// - Parameter runsAgain: whether DONE tasks are to be rerun.
  /// - Throws: ``RunRefusal`` if it may not be run.
  func judge(_ existing: WorkflowRecord, runsAgain: Bool) throws -> Bool {
    if options.resume { return existing.status == .done && !runsAgain }
    if existing.status == .done { throw RunRefusal(ResumeRefusal.done(existing.id)) }
    try refuseHeld(existing)
    if existing.hasStarted { throw RunRefusal(ResumeRefusal.exists(existing.id)) }
    return false
  }

  /// - Throws: ``RunRefusal`` if a run that may be alive holds the workflow.
  func refuseHeld(_ existing: WorkflowRecord) throws {
    guard let holder = try store.holder(of: existing.id), !HostProcess(holder.driver).isKnownDead else {
      return
    }
    throw RunRefusal(BindRefusal.live(existing.id, LeaseRefusal.Holder(holder)))
  }

  /// Files in different folders, or with different names, are different projects, even with equal content. A project
  /// must not use the results of another one, and must not replace it.
  ///
  /// - Throws: ``RunRefusal`` with `workflow_elsewhere`.
  private func refuseOtherProject(_ existing: WorkflowRecord, _ header: WorkflowHeader) throws {
    // A workflow built by a program has no folder, and earlier versions stored no folder.
    guard let folder = header.projectFolder, let known = existing.projectFolder else { return }
    let isElsewhere = !Self.isSameFolder(folder, known)
    let isRenamed = ExactText(existing.name) != ExactText(header.name)
    guard isElsewhere || isRenamed else { return }
    let both = BindRefusal.OtherProject(
      workflow: existing.id, name: existing.name, folder: known, newName: header.name, newFolder: folder)
    guard options.here else { throw RunRefusal(BindRefusal.otherProject(both)) }
    // A copy, or a project of the same name, must not replace a project that still exists.
    guard options.changes != .refuse, isRenamed || OSFile.exists(known) else {
      return
    }
    throw RunRefusal(BindRefusal.otherProjectChanged(both))
  }

  private static func isSameFolder(_ one: String, _ other: String) -> Bool {
    if one == other { return true }
    guard let first = FileIdentity(one), let second = FileIdentity(other) else { return false }
    return first == second
  }

  /// Shows what accepting the changes of a stored workflow does, and asks for confirmation if possible.
  ///
  /// - Returns: attempts left by a dead driver that may still be running.
  /// - Throws: ``RunRefusal`` with `workflow_differs` if the changes are not accepted.
  func acceptChanges(of existing: WorkflowRecord, _ prepared: Prepared) throws -> [OpenInstance] {
    let stored = try store.load(existing.id)
    let plan = ChangePlan(
      from: stored, to: prepared.definition, keepsDone: options.changes == .acceptAndKeepDone)
    try judge(plan, of: existing)
    if let confirm = options.confirmChanges {
      guard confirm(plan.text) else {
        throw RunRefusal(BindRefusal.changesNotAccepted(existing.id))
      }
    } else {
      notice(plan.text)
    }
    return stored.openInstances
  }

  /// - Throws: ``RunRefusal`` with `workflow_differs` if changes are not accepted, with `workflow_held` if a run holds
  ///   the workflow.
  func judge(_ changes: ChangePlan, of existing: WorkflowRecord) throws {
    if options.changes == .refuse {
      throw RunRefusal(StoreError.workflowDiffers(existing.id, changes.difference))
    }
    try refuseHeld(existing)
  }
}
