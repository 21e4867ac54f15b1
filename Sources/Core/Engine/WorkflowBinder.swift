import Foundation
import JobmonModel
import JobmonStore

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
    /// The workflow's id in the store.
    public var id: WorkflowID
    /// With its workflow_args, made where there were none.
    public var definition: WorkflowDefinition
    /// The hashes that tell whether another definition is the same workflow.
    public var identity: WorkflowIdentity
  }

  /// Stores a workflow that nobody runs now.
  ///
  /// - Throws: ``RunRefusal`` where it is invalid, held by a run, or has changed; ``StoreError``.
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

  /// A valid definition with all that it needs to be stored, and what is stored under its key.
  struct Prepared {
    var definition: WorkflowDefinition
    var identity: WorkflowIdentity
    var existing: WorkflowRecord?
  }

  func prepare(_ workflow: WorkflowDefinition) throws -> Prepared {
    try workflow.validate()
    return try prepare(valid: workflow)
  }

  /// The same for a definition that is valid.
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

  /// Whether a workflow that is stored with the same identity is done, so that a resume has nothing to run.
  ///
  /// - Parameter runsAgain: whether tasks that are DONE are to run again.
  /// - Throws: ``RunRefusal`` where it may not be run.
  func judge(_ existing: WorkflowRecord, runsAgain: Bool) throws -> Bool {
    if options.resume { return existing.status == .done && !runsAgain }
    if existing.status == .done { throw RunRefusal(ResumeRefusal.done(existing.id)) }
    try refuseHeld(existing)
    if existing.hasStarted { throw RunRefusal(ResumeRefusal.exists(existing.id)) }
    return false
  }

  /// - Throws: ``RunRefusal`` where a run holds the workflow that may be alive.
  func refuseHeld(_ existing: WorkflowRecord) throws {
    guard let holder = try store.holder(of: existing.id), !HostProcess(holder.driver).isKnownDead else {
      return
    }
    throw RunRefusal(BindRefusal.live(existing.id, LeaseRefusal.Holder(holder)))
  }

  /// Two files in two folders, or of two names, are two projects, however alike they are: neither takes the other's
  /// results for its own, nor its place.
  ///
  /// - Throws: ``RunRefusal`` with `workflow_elsewhere`.
  private func refuseOtherProject(_ existing: WorkflowRecord, _ header: WorkflowHeader) throws {
    // What a program builds has no folder, and nothing is known of what earlier versions have bound.
    guard let folder = header.projectFolder, let known = existing.projectFolder else { return }
    let isElsewhere = !Self.isSameFolder(folder, known)
    let isRenamed = ExactText(existing.name) != ExactText(header.name)
    guard isElsewhere || isRenamed else { return }
    let both = BindRefusal.OtherProject(
      workflow: existing.id, name: existing.name, folder: known, newName: header.name, newFolder: folder)
    guard options.here else { throw RunRefusal(BindRefusal.otherProject(both)) }
    // A copy or a namesake must not take the place of what is still there.
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

  /// Says what accepting the changes of a stored workflow does, and asks where somebody can be asked.
  ///
  /// - Returns: the attempts that a driver that has died has left, and that may still run.
  /// - Throws: ``RunRefusal`` with `workflow_differs` where the changes are not accepted.
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

  /// - Throws: ``RunRefusal`` with `workflow_differs` where changes are not accepted, with `workflow_held` where a run holds
  ///   the workflow.
  func judge(_ changes: ChangePlan, of existing: WorkflowRecord) throws {
    if options.changes == .refuse {
      throw RunRefusal(StoreError.workflowDiffers(existing.id, changes.difference))
    }
    try refuseHeld(existing)
  }
}
