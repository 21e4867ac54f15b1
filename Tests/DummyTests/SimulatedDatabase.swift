import Foundation

@testable import JobmonModel
@testable import JobmonStore

/// The real store in a simulation, with its own file: bound, committed to, abandoned by crashes and opened again. What
/// it returns is compared with a ``SimulatedStore``.
final class SimulatedDatabase {
  private let folder: String
  private let workflow: WorkflowID
  private var store: SQLiteStore
  private var run: WorkflowRunID?
  private let request: ResourceRequest

  private var path: String { folder + "/jobmon.db" }

  init(upstreams: [[TaskIndex]], request: ResourceRequest) throws {
    // Synced data need not reach a disk here, because no power failure is simulated.
    let memory = "/dev/shm"
    let base = access(memory, W_OK) == 0 ? memory : NSTemporaryDirectory()
    folder = "\(base)/jobmon-simulation-\(getpid())-\(UUID().uuidString)"
    self.request = request
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    store = try SQLiteStore(path: folder + "/jobmon.db")
    let templates = ["even", "odd"].map {
      TaskTemplate(name: $0, commandTemplate: "true {n}", nodeArgs: ["n"])
    }
    var definition = WorkflowDefinition(
      header: WorkflowHeader(tool: "t", name: "n", workflowArgs: "a", workingDirectory: "/tmp"),
      templates: templates)
    for (task, set) in upstreams.enumerated() {
      definition.tasks.append(
        template: task % 2, name: "t\(task)", arguments: ["\(task)"],
        upstreams: definition.upstreamSets.insert(set))
    }
    workflow = try store.bind(definition, identity: WorkflowIdentity(definition))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func beginRun() throws {
    // To other processes, the driver appears to be dead.
    let process = HostProcess.current
    let driver = DriverRecord(
      runUUID: UUID().uuidString.lowercased(), host: process.host, pid: process.pid,
      processStart: process.start &+ 1,
      bootID: process.bootID, pidNamespace: process.pidNamespace, uid: getuid(), user: "me", cluster: "dummy",
      logs: "/logs", resume: nil)
    guard case .granted(let run, _) = try store.openRun(workflow, by: driver, over: self.run) else {
      throw Breach("the lease of a dead driver is not granted to the next driver")
    }
    self.run = run
  }

  func reserve(_ count: Int) throws -> Range<TaskInstanceID> { try store.reserveInstanceIDs(count) }

  func apply(_ transitions: [Transition]) throws {
    guard !transitions.isEmpty, let run else { return }
    _ = try store.apply(transitions, run: run, synced: false)
  }

  /// A run that ends by itself releases the lease; one that crashes does not.
  func endRun() throws {
    guard let run else { return }
    try store.closeRun(run, status: .terminated, workflow: .halted, ending: nil, runtimes: [])
    self.run = nil
  }

  /// Sets a task to done through a separate connection, as `update_task_status` does.
  func setDone(_ task: TaskIndex) throws {
    let id = try store.load(workflow).firstTask + TaskID(task)
    _ = try SQLiteStore(path: path).changeStatus(
      [id], workflow: workflow, to: .done, recursive: false, by: Operator(uid: 0, user: "me"))
  }

  /// The next driver: opens another connection and loads the workflow.
  func reopen(as model: SimulatedStore) throws {
    store = try SQLiteStore(path: path)
    try compare(try store.load(workflow), model)
  }

  func checkTheEnd(as model: SimulatedStore) throws {
    try compare(try SQLiteStore(path: path).load(workflow), model)
  }

  private func compare(_ loaded: StoredWorkflow, _ model: SimulatedStore) throws {
    let busy = Set(model.open.values.map(\.task))
    for (task, status) in loaded.statuses.enumerated() where !busy.contains(TaskIndex(task)) {
      // The store says why a task is tried again; the engine does not need it.
      let isToBeTried = [.error, .adjusting, .registering].contains(status)
      if status == model.statuses[task] || isToBeTried && model.statuses[task] == .registering { continue }
      throw Breach(
        "the store has status \(status) for task \(task), but \(model.statuses[task]) was committed")
    }
    func facts(_ instances: some Sequence<OpenInstance>) -> Set<String> {
      Set(
        instances.map {
          "\($0.instance) of \($0.task), \($0.token).\($0.index), \($0.handle ?? "-"), \($0.request)"
        })
    }
    let difference = facts(loaded.openInstances).symmetricDifference(facts(model.open.values))
    if !difference.isEmpty { throw Breach("the store has other open instances: \(difference.sorted())") }
    let failures = Set(loaded.resourceFailures)
    let known = Set(model.resourceFailures.values.filter { model.statuses[Int($0.task)] != .done })
    if failures != known {
      throw Breach(
        "the store has the resource failures \(failures), but \(known) were committed")
    }
  }
}
