import Foundation
import Jobmon
import Synchronization
import Testing

/// Workflows that run on this machine.
@Suite("Running, resuming and querying workflows", .serialized)
struct RunTests {
  private let place: Place

  init() throws { place = try Place() }

  /// Why `body` was refused; nil if it was not.
  private func refusal(_ body: () throws -> Void) throws -> RunRefusal? {
    do { try body() } catch let refusal as RunRefusal { return refusal }
    return nil
  }

  @Test("the workflow of an earlier process is found by its workflow_args")
  func earlier() throws {
    func make(_ numbers: ClosedRange<Int>) throws -> (workflow: ToolWorkflow, tasks: [ToolTask]) {
      let tool = Tool(name: "t")
      let step = try tool.taskTemplate(name: "step", commandTemplate: "test {n} -ne 2", nodeArgs: ["n"])
      let workflow = tool.createWorkflow(workflowArgs: "a", site: place.site)
      let tasks = try step.createTasks(["n": Array(numbers)])
      workflow.addTasks(tasks)
      return (workflow, tasks)
    }
    let first = try make(1...2)
    #expect(try refusal { _ = try first.tasks[0].errors() }?.code == .notFound)
    try first.workflow.run(maxAttempts: 1)

    let (workflow, tasks) = try make(1...2)
    #expect(try workflow.errors().map(\.count) == [1])
    #expect(try tasks[1].errors().map(\.exitCode) == [1])
    #expect(try tasks[0].resourceUsage()?.wall != nil)
    #expect(workflow.id == 1 && tasks[1].id == 2)

    let changed = try make(1...3)
    let refused = try refusal { _ = try changed.tasks[0].errors() }
    #expect(refused?.code == .workflowDiffers && refused?.workflowID == 1)
    // With the same code and message as in the program.
    let run = try refusal { try changed.workflow.run(resume: true) }
    #expect(run?.code == .workflowDiffers && run?.message.contains("different tasks") == true)
  }

  @Test("without workflow_args a resume continues the last workflow, and a run after bind runs the bound one")
  func withoutArgs() throws {
    let tool = Tool(name: "t")
    let template = try tool.taskTemplate(name: "x", commandTemplate: "test -e {f}", opArgs: ["f"])
    let workflow = tool.createWorkflow(site: place.site)
    workflow.addTask(try template.createTask(["f": place.path + "/there"]))
    let bound = try workflow.bind()
    let first = try workflow.run(maxAttempts: 1)
    #expect(first.workflowID == bound && first.status == .error)
    try "".write(toFile: place.path + "/there", atomically: true, encoding: .utf8)
    let resumed = try workflow.run(resume: true)
    #expect(resumed.workflowID == bound && resumed.status == .done)
    #expect(try workflow.run().workflowID == bound + 1)
  }

  @Test("resource usage covers exactly one version of a template")
  func usage() throws {
    let tool = Tool(name: "t")
    func run(_ name: String, _ command: String, _ count: Int) throws -> ToolTemplate {
      let template = try tool.taskTemplate(name: name, commandTemplate: command, nodeArgs: ["n"])
      let workflow = tool.createWorkflow(site: place.site)
      workflow.addTasks(try template.createTasks(["n": Array(1...count)]))
      try workflow.run()
      return template
    }
    let old = try run("a*", "true", 2)
    let new = try run("a*", "true {n}", 3)
    _ = try run("ab", "true", 4)
    #expect(try old.resourceUsage(site: place.site)?.count == 2)
    #expect(try new.resourceUsage(site: place.site)?.count == 3)
    #expect(try new.resourceUsage(nodeArgs: ["n": [2, "3"]], site: place.site)?.count == 2)
    let unknown = try tool.taskTemplate(name: "a*", commandTemplate: "false")
    #expect(try unknown.resourceUsage(site: place.site) == nil)
  }

  @Test("the most specific callback is called, and one that throws makes its task FATAL")
  func callbacks() throws {
    struct NoInput: Error, CustomStringConvertible { var description: String { "there is no such input" } }
    let asked = Mutex<[ResourceQuestion]>([])
    func callback(_ name: String, _ memory: Int64?) -> ResourceCallback {
      ResourceCallback(name) { question in
        asked.withLock { $0.append(question) }
        guard let memory else { throw NoInput() }
        return ComputeResources(memory: memory << 20)
      }
    }
    let tool = Tool(name: "t", resources: callback("of_tool", 31))
    let plain = try tool.taskTemplate(
      name: "plain", commandTemplate: "echo $JOBMON_MEMORY_BYTES > {f}/plain", opArgs: ["f"])
    let own = try tool.taskTemplate(
      name: "own", commandTemplate: "echo $JOBMON_MEMORY_BYTES > {f}/own.{n}", nodeArgs: ["n"], opArgs: ["f"],
      defaults: TaskSettings(resources: ComputeResources(memory: 16 << 20)),
      resources: callback("of_template", 33))
    let workflow = tool.createWorkflow(
      workflowArgs: "c", site: place.site, resources: callback("of_workflow", 32))
    workflow.addTask(try plain.createTask(["f": place.path]))
    workflow.addTask(try own.createTask(["f": place.path, "n": 1]))
    workflow.addTask(try own.createTask(["f": place.path, "n": 2], resources: callback("of_task", 34)))
    workflow.addTask(try own.createTask(["f": place.path, "n": 3], resources: callback("fails", nil)))
    workflow.addTask(
      try own.createTask(["f": place.path, "n": 4], resources: callback("too_large", 1 << 33)))
    let result = try workflow.run()
    #expect(result.tasksDone == 3 && result.tasksFatal == 2)
    for (file, memory) in [("plain", 32), ("own.1", 33), ("own.2", 34)] {
      #expect(place.read(file) == "\(memory << 20)\n")
    }
    let reasons = Dictionary(uniqueKeysWithValues: result.failedTasks.map { ($0.name, $0.reason) })
    #expect(reasons["own_n-3"] == "callback 'fails': there is no such input")
    #expect(reasons["own_n-4"]?.contains("GiB of memory") == true)
    let question = try #require(asked.withLock { $0.first { $0.callback == "of_template" } })
    #expect(question.taskName == "own_n-1" && question.request.memory == 16 << 20 && question.ranOut == nil)

    // A resume by id alone is refused, because the workflow needs callbacks.
    let store = try place.site.store(create: false)
    let options = RunOptions(try Configuration(file: place.site.configuration), logs: place.site.logs)
    let runner = WorkflowRunner(
      store: store, heartbeatStore: store, registry: try .standard(file: nil), options: options,
      observer: Silence())
    let refused = try refusal { _ = try runner.resume(result.workflowID) }
    #expect(refused?.code == .invalidUsage && refused?.advice == .answerCallbacks)
  }

  @Test("callbacks are answered even if runs block all threads of Swift's pool")
  func blockedPool() async throws {
    let site = place.site
    let runs = ProcessInfo.processInfo.activeProcessorCount + 2
    let done = try await withThrowingTaskGroup(of: RunResult.Status.self) { group in
      for number in 0..<runs {
        group.addTask {
          let tool = Tool(
            name: "t", resources: ResourceCallback("size") { _ in ComputeResources(memory: 1 << 25) })
          let workflow = tool.createWorkflow(workflowArgs: "\(number)", site: site)
          workflow.addTask(try tool.taskTemplate(name: "x", commandTemplate: "true").createTask())
          return try workflow.run(observer: Silence()).status
        }
      }
      return try await group.reduce(into: [RunResult.Status]()) { $0.append($1) }
    }
    #expect(done == Array(repeating: .done, count: runs))
  }

  @Test("a scale callback of a template is called after the runtime limit was reached")
  func scale() throws {
    let tool = Tool(name: "t")
    let longer = ResourceCallback("longer") { ComputeResources(runtime: ($0.request.runtime ?? 0) + 59) }
    let template = try tool.taskTemplate(
      name: "x", commandTemplate: "test $JOBMON_ATTEMPT -ge 2 || sleep 30",
      defaults: TaskSettings(resources: ComputeResources(runtime: 1)), scales: [.runtime: longer])
    let workflow = tool.createWorkflow(workflowArgs: "s", site: place.site)
    let task = try template.createTask()
    workflow.addTask(task)
    let result = try workflow.run()
    #expect(result.status == .done && result.retries == 1)
    #expect(try task.errors().map(\.cause) == [.runtime])
    let attempts = try place.site.store(create: false).attempts(of: [try #require(task.id)])
    #expect(attempts.map { $0.attempt?.request.runtime } == [1, 60])
  }

  @Test("an interruption stops a run, even if it comes before the run, and the run can be resumed")
  func interruption() throws {
    let tool = Tool(name: "t")
    let started = place.path + "/started"
    let template = try tool.taskTemplate(
      name: "x", commandTemplate: "test -e {f} || {{ touch {f}; sleep 60; }}", opArgs: ["f"])
    let workflow = tool.createWorkflow(workflowArgs: "i", site: place.site)
    workflow.addTask(try template.createTask(["f": started]))
    let interruption = Interruption()
    let watch = Thread {
      while !FileManager.default.fileExists(atPath: started) { usleep(2000) }
      interruption.interrupt()
    }
    watch.start()
    #expect(try workflow.run(interruption: interruption).status == .stopped)
    let early = Interruption()
    early.interrupt()
    #expect(try workflow.run(resume: true, interruption: early).status == .stopped)
    #expect(try workflow.run(resume: true).status == .done)
  }

  @Test("unknown names, invalid options, and ambiguous templates and callbacks are refused")
  func refusals() throws {
    let tool = Tool(name: "t")
    let template = try tool.taskTemplate(
      name: "process", commandTemplate: "true {location}", nodeArgs: ["location"])
    let workflow = tool.createWorkflow(workflowArgs: "r", site: place.site)
    workflow.addTasks(try template.createTasks(["location": [1, 2]]))
    #expect(
      try workflow.tasks(template: "process", whereNodeArgs: ["location": [2, 9]]).map(\.name) == [
        "process_location-2"
      ])
    #expect(try workflow.tasks(template: "process", whereNodeArgs: ["location": [9]]).isEmpty)
    #expect(
      try refusal { _ = try workflow.tasks(template: "proces") }?.message.contains("did you mean 'process'?")
        == true)
    #expect(
      try refusal { _ = try workflow.tasks(template: "process", whereNodeArgs: ["locaton": [1]]) }?.message
        == "template 'process' has no argument 'locaton'; did you mean 'location'?")
    #expect(try refusal { try workflow.run(maxAttempts: 0) }?.code == .invalidUsage)
    #expect(try refusal { try workflow.run(maxConcurrentlyRunning: -1) }?.code == .invalidUsage)
    #expect(try refusal { try workflow.run(secondsUntilTimeout: .nan) }?.code == .invalidUsage)

    let other = try tool.taskTemplate(name: "process", commandTemplate: "false")
    workflow.addTask(try other.createTask())
    #expect(workflow.templates.count == 2)
    #expect(try refusal { _ = try WorkflowDefinition(workflow) }?.code == .invalidFile)

    let same = ResourceCallback("size") { _ in ComputeResources() }
    let named = tool.createWorkflow(workflowArgs: "n", site: place.site)
    named.addTask(try template.createTask(["location": 1], resources: same))
    named.addTask(try template.createTask(["location": nil], resources: same))
    try named.validate()
    named.addTask(
      try template.createTask(
        ["location": 3], scales: [.memory: ResourceCallback("size") { _ in ComputeResources() }]))
    for attempt in [{ try named.validate() }, { _ = try named.bind() }, { _ = try named.run() }] {
      #expect(try refusal(attempt)?.message.contains("two callbacks are named 'size'") == true)
    }
  }
}

/// An observer that does nothing.
private struct Silence: RunObserver {
  var wantsEvents: Bool { false }
  func began(_ start: RunStart) {}
  func progressed(_ progress: RunProgress) {}
  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool) {}
  func changed(_ events: [StatusEvent]) {}
  func noticed(_ text: String) {}
  func interrupted(_ interruption: RunInterruption) {}
}
