import Testing

@testable import JobmonModel
@testable import JobmonStore

@Suite("The plan of a changed workflow")
struct ChangePlanTests {
  /// The definition as it is stored, with all tasks done except the pending ones.
  private func stored(_ definition: WorkflowDefinition, pending: Set<Int> = []) -> StoredWorkflow {
    let record = WorkflowRecord(
      id: 3, name: "n", tool: "t", toolVersion: "1", workflowArgs: "a", status: .halted, isBound: true,
      hasStarted: true, identity: WorkflowIdentity(definition).workflow, workingDirectory: "/tmp",
      lastCluster: nil)
    return StoredWorkflow(
      record: record, definition: definition, firstTask: 1,
      statuses: (0..<definition.taskCount).map { pending.contains($0) ? .registering : .done },
      openInstances: [], resourceFailures: [], runtimes: [])
  }

  @Test("tasks are matched in any order, and their op_args are compared")
  func order() {
    let old = stored(StoreFixture.definition(4), pending: [1])
    let new = StoreFixture.definition(4, reversed: true, op: "new")
    let plan = ChangePlan(resuming: old, as: new, rerunsChanged: false)
    #expect(plan.source == [3, 2, -1, 0, 4])
    #expect(
      plan.difference.arguments == [
        ArgumentChange(template: "work", argument: "o", before: "o", after: "new", tasks: 4)
      ])
    #expect(plan.difference.keptWithOtherOpArgs == 3 && plan.difference.kept.count == 4)
    #expect(plan.difference.unfinished == .init(count: 1, example: "w1"))
  }

  @Test("done tasks with changed op_args and their downstream tasks run again if requested")
  func rerun() {
    let plan = ChangePlan(
      resuming: stored(StoreFixture.definition(2)), as: StoreFixture.definition(2, op: "new"),
      rerunsChanged: true)
    #expect(plan.source.allSatisfy { $0 < 0 })
    #expect(
      plan.difference.again == [
        .arguments: .init(count: 2, example: "w0"), .downstream: .init(count: 1, example: "last"),
      ])
    let same = ChangePlan(
      resuming: stored(StoreFixture.definition(2)), as: StoreFixture.definition(2), rerunsChanged: true)
    #expect(same.difference.againCount == 0 && same.difference.arguments.isEmpty)
  }

  @Test("changed task_args replace tasks, and are reported as a change of the argument")
  func taskArgs() {
    func definition(_ release: String) -> WorkflowDefinition {
      var definition = WorkflowDefinition(
        header: WorkflowHeader(tool: "t", name: "n", workflowArgs: "a", workingDirectory: "/tmp"),
        templates: [
          TaskTemplate(name: "work", commandTemplate: "run {x} {r}", nodeArgs: ["x"], taskArgs: ["r"])
        ])
      for x in 0..<3 {
        definition.tasks.append(template: 0, name: "w\(x)", arguments: ["\(x)", x == 0 ? "1" : release])
      }
      return definition
    }
    let difference = ChangePlan.difference(from: stored(definition("1")), to: definition("2"))
    #expect(difference.added.count == 2 && difference.gone.count == 2 && difference.kept.count == 1)
    #expect(difference.arguments.map(\.description) == ["work: r 1 -> 2 (2 tasks)"])
  }

  @Test("the difference of long commands is abbreviated and shown on one line")
  func longCommands() {
    let same = String(repeating: "x", count: 1000)
    let shown = TextDifference(same + "one\n", same + "two\nthree\n")
    #expect(shown.before == "…" + String(repeating: "x", count: 30) + "one")
    #expect(shown.after == "…" + String(repeating: "x", count: 30) + "two^Jthree")
    let short = TextDifference("a", "")
    #expect(short.before == "a" && short.after == "''")
  }

  @Test("a long list of differences is cut, and still says which tasks are kept")
  func fewLines() {
    let difference = ChangePlan.Difference(
      templates: (0..<50).map { .init(name: "t\($0)", old: "a", new: "b") }, doneBefore: 1, keepable: 1,
      kept: .init(count: 1, example: "w"))
    #expect(difference.lines.count == 151 && difference.fewLines.count == 18)
    #expect(difference.fewLines.last == "  keep       1 task ('w') with its result")
    #expect(difference.fewLines[16].contains("134 more lines"))
  }
}
