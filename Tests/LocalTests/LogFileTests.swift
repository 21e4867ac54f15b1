import Foundation
import JobmonCore
import Testing
import WorkerHost
import WorkerProtocol

/// Which log files of commands the worker keeps: those that are not empty, or that a process may still write to.
@Suite struct LogFileTests {
  private func names(_ bench: Bench) -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: bench.folder + "/logs")) ?? []).sorted()
  }

  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  private func eventually(_ what: Comment, _ isSo: () -> Bool) {
    let end = Date(timeIntervalSinceNow: 30)
    while !isSo(), Date() < end { usleep(2000) }
    #expect(isSo(), what)
  }

  @Test func emptyLogFilesAreRemoved() throws {
    let bench = try Bench()
    bench.submit(Array(repeating: "true; :", count: 300), places: 4)
    for instance in 1...300 { #expect(bench.recorder.outcome(TaskInstanceID(instance))?.cause == .exit(0)) }
    #expect(names(bench) == [])
  }

  @Test func filesWithOneByteAreKept() throws {
    let bench = try Bench()
    #expect(bench.run("printf x", instance: 1)?.cause == .exit(0))
    #expect(bench.run("printf y >&2; exit 3", instance: 2)?.cause == .exit(3))
    #expect(bench.run("true", instance: 3)?.cause == .exit(0))
    #expect(names(bench) == ["t.e2", "t.o1"])
    #expect(bench.stdout(1) == "x" && bench.stderr(2) == "y")
    #expect(try mode(bench.folder + "/logs/t.o1") == 0o600)
  }

  @Test(arguments: ["true", "printf out; printf err >&2"])
  func bothStreamsCanShareAFile(command: String) throws {
    let bench = try Bench()
    bench.submit(command, oneFile: true)
    #expect(bench.recorder.outcome(1)?.cause == .exit(0))
    #expect(bench.stdout() == (command == "true" ? nil : "outerr"))
    #expect(bench.stderr() == nil)
  }

  @Test func aRunningCommandHasItsLogFiles() throws {
    let bench = try Bench()
    bench.submit("while ! [ -e gate ]; do sleep 0.01; done; [ -e quiet ] || echo late")
    eventually("both files exist and are empty") { bench.stdout() == "" && bench.stderr() == "" }
    #expect(FileManager.default.createFile(atPath: bench.folder + "/gate", contents: nil))
    #expect(bench.recorder.outcome(1)?.cause == .exit(0))
    #expect(bench.stdout() == "late\n")
    #expect(bench.stderr() == nil, "an empty file is removed")
  }

  @Test func outputIsVisibleWhileTheCommandRuns() throws {
    let bench = try Bench()
    bench.submit("echo early; while ! [ -e gate ]; do sleep 0.01; done; echo late")
    eventually("its first line") { bench.stdout() == "early\n" }
    #expect(FileManager.default.createFile(atPath: bench.folder + "/gate", contents: nil))
    #expect(bench.recorder.outcome(1)?.cause == .exit(0))
    #expect(bench.stdout() == "early\nlate\n")
  }

  /// Each change would be visible in the output of the next command, if that got the same file.
  @Test(arguments: [
    "chmod 644 /proc/self/fd/1", "echo gone; truncate -s 0 /proc/self/fd/1",
    "setfattr -n user.a -v b /proc/self/fd/1",
    "ln -L /proc/self/fd/1 linked", "echo hidden >&1; : > /proc/self/fd/1",
  ])
  func aModifiedFileIsNotReused(command: String) throws {
    let bench = try Bench()
    #expect(bench.run("true", instance: 1)?.cause == .exit(0), "its empty file can be reused")
    // Changes are detected by the modification time, which the kernel counts in ticks of 4 ms or more.
    #expect(bench.run("sleep 0.02; \(command); exit 0", instance: 2)?.cause == .exit(0))
    let reader =
      "stat -L -c '%a %s' /proc/self/fd/1; getfattr -L --absolute-names -n user.a /proc/self/fd/1 2>&-"
    #expect(
      bench.run("\(reader); [ -e linked ] && stat -c %i linked; exit 0", instance: 3)?.cause == .exit(0))
    #expect(bench.stdout(3)?.hasPrefix("600 0\n") == true, "\(bench.stdout(3) ?? "no file")")
    #expect(bench.stdout(3)?.contains("user.a") == false)
    #expect(bench.text("linked") ?? "" == "", "the next command wrote to a file that has another name")
  }

  /// A process that is not a descendant of the command still has its output open.
  @Test(arguments: [false, true]) func aFileOpenInAnotherProcessIsKept(isNamed: Bool) throws {
    let bench = try Bench()
    let wait = isNamed ? "while ! [ -e logs/t.o1 ]; do sleep 0.01; done; " : ""
    bench.submit("\(wait)echo $$ > id; while ! [ -e gate ]; do :; done")
    let process = try #require(bench.processes("id", count: 1).first)
    let file = try #require(FileHandle(forWritingAtPath: "/proc/\(process)/fd/1"))
    #expect(FileManager.default.createFile(atPath: bench.folder + "/gate", contents: nil))
    #expect(bench.recorder.outcome(1)?.cause == .exit(0))
    #expect(bench.run("echo mine", instance: 2)?.cause == .exit(0))
    try file.write(contentsOf: Data("from outside\n".utf8))
    #expect(bench.stdout(1) == "from outside\n")
    #expect(bench.stdout(2) == "mine\n")
  }

  /// The name is taken before there is output to keep: a file of the same user is replaced, anything else is left alone
  /// and reported.
  @Test(arguments: [
    ("echo before > logs/t.o2", true), ("mkfifo logs/t.o2", false), ("ln -s ../aim logs/t.o2", false),
  ])
  func aLogFileNameThatTheCommandUses(how: String, isKept: Bool) throws {
    let bench = try Bench()
    #expect(bench.run("echo x", instance: 1)?.cause == .exit(0), "the log folder exists")
    let outcome = try #require(bench.run("echo mine; \(how)", instance: 2))
    #expect(outcome.cause == .exit(0))
    #expect(bench.text("aim") == nil)
    if isKept {
      #expect(bench.stdout(2) == "mine\n" && outcome.message == nil)
    } else {
      #expect(outcome.message?.contains("is lost") == true, "\(outcome)")
    }
  }

  @Test func anExistingFileIsTruncated() throws {
    let bench = try Bench()
    try FileManager.default.createDirectory(atPath: bench.folder + "/logs", withIntermediateDirectories: true)
    try "old and longer\n".write(toFile: bench.folder + "/logs/t.o1", atomically: false, encoding: .utf8)
    #expect(bench.run("echo new")?.cause == .exit(0))
    #expect(bench.stdout() == "new\n")
  }

  /// If no descriptors are left, commands get files with names.
  @Test func moreCommandsThanDescriptorsCanRun() throws {
    let bench = try Bench(options: ["slots": .integer(300)])
    bench.submit(
      (0..<300).map { "while ! [ -e gate ]; do sleep 0.1; done; [ \($0) -eq 7 ] && echo seven; exit 0" },
      places: 300)
    for instance in 1...300 { #expect(bench.recorder.started(TaskInstanceID(instance))) }
    #expect(FileManager.default.createFile(atPath: bench.folder + "/gate", contents: nil))
    for instance in 1...300 { #expect(bench.recorder.outcome(TaskInstanceID(instance))?.cause == .exit(0)) }
    #expect(names(bench) == ["t.o8"])
    #expect(bench.stdout(8) == "seven\n")
  }

  /// A task of a batch, run like a job of a cluster: its files have their names at once, and empty ones are removed.
  @Test(arguments: [("true", []), ("echo out", ["t.o1"]), ("echo err >&2; exit 1", ["t.e1"])])
  func logFilesOfATaskOfABatch(command: String, files: [String]) throws {
    let bench = try Bench()
    let batch = BatchFolder(bench.folder + "/batch")
    for path in [batch.claims(block: 0), batch.reports(block: 0)] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    let logs = bench.folder + "/logs"
    let order = CommandOrder(
      instance: 1, token: "batch.0", command: "ls -1 logs | tr '\\n' ' ' > seen; \(command)", environment: [],
      stdout: logs + "/t.o1", stderr: logs + "/t.e1", memory: 0, runtime: 0)
    let setting = CommandSetting(
      environment: [], directory: bench.folder, grace: 1000, usesControlGroups: false)
    try Data(BatchOrders.encode(setting, orders: [0: order])).write(to: URL(fileURLWithPath: batch.orders))
    chmod(batch.orders, 0o600)
    let worker = Process()
    worker.executableURL = URL(fileURLWithPath: try WorkerLocation.find())
    worker.arguments = ["--batch", batch.path, "--index", "0"]
    try worker.run()
    worker.waitUntilExit()
    #expect(worker.terminationStatus == (command.contains("exit 1") ? 1 : 0))
    #expect(bench.text("seen") == "t.e1 t.o1 ", "the files have their names at once")
    #expect(names(bench) == files)
    for file in files { #expect(bench.text("logs/" + file) == (file == "t.o1" ? "out\n" : "err\n")) }
  }
}
