import Foundation
import GRDB
import Testing

@testable import JobmonModel
@testable import JobmonStore

@Suite("The store: definitions")
struct StoreBindTests {
  let fixture: StoreFixture
  init() throws { fixture = try StoreFixture() }

  @Test("the database and its folder are private to the user")
  func privacy() throws {
    _ = try fixture.open()
    func mode(_ path: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    #expect(try mode(fixture.path) == 0o600)
    #expect(try mode(fixture.folder + "/deep") == 0o700)
  }

  @Test("a bound workflow is loaded unchanged")
  func roundTrip() throws {
    let store = try fixture.open()
    let definition = StoreFixture.definition(5)
    let id = try StoreFixture.bind(definition, in: store)
    let loaded = try store.load(id)
    #expect(loaded.definition.header == definition.header)
    #expect(loaded.definition.templates == definition.templates)
    #expect(loaded.definition.upstreamSets == definition.upstreamSets)
    #expect(loaded.definition.taskCount == 6)
    for task in 0..<6 {
      #expect(loaded.definition.tasks.name(task) == definition.tasks.name(task))
      #expect(loaded.definition.tasks.arguments(task) == definition.tasks.arguments(task))
      #expect(loaded.definition.levels(task) == definition.levels(task))
      #expect(loaded.definition.tasks.attributes[task] == definition.tasks.attributes[task])
    }
    #expect(loaded.statuses.allSatisfy { $0 == .registering })
    #expect(try store.find(tool: "t", version: "1", workflowArgs: "a")?.id == id)
    #expect(try store.find(99) == nil)
    #expect(try store.unfinishedWorkflows(named: "n", limit: 5) == [id])
    #expect(try store.unfinishedWorkflows(named: "other", limit: 5).isEmpty)
    #expect(throws: StoreError.notFound("workflow 99")) { try store.load(99) }
  }

  @Test("binding again in another order finds the same workflow and updates its op_args")
  func rebind() throws {
    let store = try fixture.open()
    let id = try StoreFixture.bind(StoreFixture.definition(4), in: store)
    let first = try store.load(id).firstTask
    #expect(try StoreFixture.bind(StoreFixture.definition(4, reversed: true, op: "new"), in: store) == id)
    let loaded = try store.load(id)
    #expect(loaded.firstTask == first)
    #expect((0..<4).map { loaded.definition.command($0) } == (0..<4).map { "run \($0) new" })
    #expect((0..<4).map { loaded.definition.tasks.name($0) } == ["w0", "w1", "w2", "w3"])
    #expect(loaded.definition.levels(1)[0].maxAttempts == 7)
  }

  @Test("the same key with other tasks is refused with the differences")
  func differs() throws {
    let store = try fixture.open()
    let id = try StoreFixture.bind(StoreFixture.definition(3), in: store)
    let error = try #require(throws: StoreError.self) {
      try StoreFixture.bind(StoreFixture.definition(3, extra: true), in: store)
    }
    #expect("\(error)".contains("added      1 task of work ('w3')"), "\(error)")
    #expect(try store.load(id).definition.taskCount == 4)
  }

  @Test("an interrupted binding is completed by the next one")
  func cutShort() throws {
    let store = try fixture.open()
    let id = try StoreFixture.bind(StoreFixture.definition(9), in: store)
    // The state that a SIGKILL between two slices leaves.
    try store.write { database in
      try database.execute(sql: "UPDATE workflow SET is_bound = 0, status = 'REGISTERING'")
      try database.execute(sql: "DELETE FROM task WHERE id > 4")
      try database.execute(sql: "DELETE FROM upstream_set")
    }
    #expect(try StoreFixture.bind(StoreFixture.definition(9), in: store) == id)
    let loaded = try store.load(id)
    #expect(loaded.definition.taskCount == 10)
    #expect(loaded.record.isBound)
    #expect(try store.check().isEmpty)
  }

  @Test(
    "a process that waits to bind a workflow changes nothing if the workflow is bound and runs in the meantime"
  )
  func lateBinder() throws {
    let first = try fixture.open()
    let second = try fixture.open()
    let definition = StoreFixture.definition(9)
    let identity = WorkflowIdentity(definition)
    let id = try first.bind(definition, identity: identity)
    try first.write { try $0.execute(sql: "UPDATE workflow SET is_bound = 0, status = 'REGISTERING'") }
    let looked = DispatchSemaphore(value: 0)
    let ended = DispatchSemaphore(value: 0)
    second.queue.inDatabase { database in
      // The first statement that requests the write lock shows that the second connection has read the database.
      database.trace { if "\($0)".hasPrefix("BEGIN IMMEDIATE") { looked.signal() } }
    }
    nonisolated(unsafe) var bound: WorkflowID?
    try first.queue.inDatabase { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      Thread.detachNewThread {
        bound = try? second.bind(definition, identity: identity)
        ended.signal()
      }
      looked.wait()
      try database.execute(sql: "UPDATE workflow SET is_bound = 1, status = 'RUNNING'")
      try database.execute(sql: "UPDATE task SET status = 'D' WHERE id = 1")
      try database.execute(sql: "COMMIT")
    }
    ended.wait()
    #expect(bound == id)
    let loaded = try first.load(id)
    #expect(loaded.definition.taskCount == 10)
    #expect(loaded.statuses.first == .done)
  }

  @Test("a binding that another process has restarted ends, and leaves no rows")
  func overtaken() throws {
    let store = try fixture.open()
    let definition = StoreFixture.definition(9)
    let id = try StoreFixture.bind(definition, in: store)
    try store.write { try $0.execute(sql: "UPDATE workflow SET is_bound = 0, status = 'REGISTERING'") }
    let old = Binding(workflow: id, firstTask: try store.load(id).firstTask)
    #expect(try StoreFixture.bind(definition, in: store) == id)
    #expect(throws: RunRefusal.self) { try store.write { try old.requireMine($0) } }
    #expect(try store.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM task") } == 10)
  }

  @Test("a database of a newer version is refused, and an older one is upgraded after a backup")
  func versions() throws {
    let known = Schema.migrator.migrations.count
    let id = try {
      let store = try SQLiteStore(path: fixture.path)
      return try StoreFixture.bind(StoreFixture.definition(), in: store)
    }()
    var newer = Schema.migrator
    newer.registerMigration("\(known + 1)") {
      try $0.execute(sql: "ALTER TABLE workflow ADD COLUMN colour TEXT")
    }
    let upgraded = try SQLiteStore(path: fixture.path, migrator: newer)
    #expect(upgraded.notices.first?.contains("before-upgrade-from-\(known)") == true)
    #expect(try upgraded.load(id).definition.taskCount == 4)
    #expect(FileManager.default.fileExists(atPath: fixture.path + ".before-upgrade-from-\(known)"))
    let error = try #require(throws: StoreError.self) { try SQLiteStore(path: fixture.path) }
    #expect(error == .newerSchema(path: fixture.path, found: known + 1, known: known))
    #expect("\(error)".contains("use a newer jobmon"))
  }

  @Test("the contents of a database of the first version survive the upgrade")
  func fromVersionOne() throws {
    var first = DatabaseMigrator()
    first.registerMigration("1") { try $0.execute(sql: Schema.version(1)) }
    do {
      let store = try SQLiteStore(path: fixture.path, migrator: first)
      try store.write { database in
        try database.execute(
          sql: """
            INSERT INTO workflow (id, tool, tool_version, name, workflow_args, attributes, working_directory, settings,
              tool_settings, identity, dag, task_set, status, user, created, first_task, task_count, is_bound,
              has_started)
            VALUES (7, 't', '1', 'w', 'old', '{}', '/', :settings, :settings, x'00', x'00', x'00', 'FAILED', 'me', 1, 1, 2, 1, 1);
            INSERT INTO template_version (id, tool, tool_version, name, command_template, arguments)
            VALUES (1, 't', '1', 'step', 'step {n}', '{"node":["n"],"task":[],"op":[]}');
            INSERT INTO array VALUES (7, 0, 1, :settings, NULL, NULL, '[]');
            INSERT INTO settings VALUES (7, 0, :settings);
            UPDATE store SET next_task = 3;
            INSERT INTO upstream_set VALUES (7, 1, :members);
            INSERT INTO task VALUES (1, 0, 0, 0, 'D', 1, 'first', :one, x'01', NULL, '{"k":"v"}');
            INSERT INTO task VALUES (2, 0, 1, 0, 'F', 2, 'second', :two, x'02', 'true', NULL);
            INSERT INTO run (id, uuid, workflow_id, status, driver, user, cluster, logs, started, beats)
            VALUES (3, 'u', 7, 'DONE', '{}', 'me', 'slurm', '/logs', 1, 0);
            """,
          arguments: [
            "settings": try StoredJSON.text(TaskSettings()), "members": Data(Packing.pack([0])),
            "one": Data(Packing.pack(["one"])), "two": Data(Packing.pack(["two"])),
          ])
      }
    }
    let store = try fixture.open()
    let found = try #require(try store.find(tool: "t", version: "1", workflowArgs: "old"))
    #expect(found.id == 7 && found.status == .failed && found.hasStarted && found.lastCluster == nil)
    let loaded = try store.load(7)
    let tasks = loaded.definition.tasks
    #expect(loaded.statuses == [.done, .fatal] && [tasks.name(0), tasks.name(1)] == ["first", "second"])
    #expect(tasks.arguments(0) == ["one"] && tasks.arguments(1) == ["two"])
    #expect(tasks.attributes[0] == ["k": "v"] && tasks.givenCommand(1) == "true")
    #expect(Array(loaded.definition.upstreamSets[tasks.upstreams[1]]) == [0])
    #expect(try store.tasks(of: 7).map(\.retries) == [1, 2])
    let second = try StoreFixture.bind(StoreFixture.definition(), in: store)
    #expect(second > 7)
  }

  @Test("concurrent creations of a database open the same one", arguments: 0..<20)
  func openedAtOnce(_ turn: Int) async throws {
    let path = fixture.path
    let ids = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<4 { group.addTask { try SQLiteStore(path: path).id } }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(ids.count == 1)
  }

  @Test("a database can be opened and read while another program holds the write lock")
  func openedWhileLocked() throws {
    let store = try fixture.open()
    let id = try StoreFixture.bind(StoreFixture.definition(), in: store)
    var options = SQLiteStore.Options()
    options.lockPatience = 0
    try store.queue.inDatabase { database in
      try database.execute(sql: "BEGIN IMMEDIATE")
      let other = try SQLiteStore(path: fixture.path, options: options)
      #expect(try other.workflows(WorkflowFilter(ids: [id])).count == 1)
      #expect(throws: StoreError.locked(path: fixture.path)) { try other.reserveInstanceIDs(1) }
      try database.execute(sql: "ROLLBACK")
    }
  }

  @Test("a file that is not a database is refused with its name")
  func noDatabase() throws {
    try FileManager.default.createDirectory(
      atPath: fixture.folder + "/deep", withIntermediateDirectories: true)
    try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: fixture.path))
    let error = try #require(throws: StoreError.self) { try fixture.open() }
    #expect("\(error)".contains("jobmon.db"))
  }

  @Test("network file systems are recognized by their magic numbers")
  func fileSystems() {
    #expect(FileSystemKind.networkName(of: "/proc") == nil)
    #expect(FileSystemKind.networkName(of: "/nowhere/at/all") == nil)
    #expect(FileSystemKind.name(0x6969) == "NFS")
    #expect(FileSystemKind.name(0x0BD0_0BD0) == "Lustre")
    #expect(FileSystemKind.name(0xEF53) == nil)
  }

  @Test("packed columns are unpacked unchanged")
  func packing() {
    let texts = ["", "a", "é😀\n", String(repeating: "x", count: 300)]
    #expect(Packing.pack(texts).withUnsafeBytes { Packing.unpackTexts($0) } == texts)
    let members: [Int32] = [0, 1, 127, 128, 70_000, 2_000_000_000]
    #expect(Packing.pack(members).withUnsafeBytes { Packing.unpackMembers($0) } == members)
  }
}
