import Foundation
import Jobmon

/// Computes the number of Collatz steps of each number, and finds the largest: a workflow of 101 tasks.
@main
struct Collatz {
  static func main() throws {
    let folder =
      CommandLine.arguments.dropFirst().first ?? FileManager.default.currentDirectoryPath + "/collatz"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)

    let tool = Tool(name: "collatz", defaults: TaskSettings(resources: ComputeResources(cores: 1)))
    let count = try tool.taskTemplate(
      name: "count",
      commandTemplate:
        "awk 'BEGIN {{ n = {number}; while (n != 1) {{ n = n % 2 ? 3 * n + 1 : n / 2; s++ }}; print s + 0, {number} }}' > {folder:q}/{number}",
      nodeArgs: ["number"], opArgs: ["folder"])
    let rank = try tool.taskTemplate(
      name: "rank", commandTemplate: "cd {folder:q} && sort -rn [0-9]* | head -n 1 > longest",
      opArgs: ["folder"])

    let workflow = tool.createWorkflow(
      name: "collatz", workflowArgs: "1 to 100",
      site: Site(database: folder + "/jobmon.db", logs: folder + "/logs"))
    // A callback that computes more memory for larger numbers when a task is ready. This workflow does not need it, but
    // others do.
    let memory = ResourceCallback("by_size") { question in
      ComputeResources(memory: (50 + Int64(question.arguments["number"] ?? "0")!) << 20)
    }
    let tasks = try count.createTasks(
      ["number": Array(1...100)], arguments: ["folder": folder], resources: memory)
    workflow.addTasks(tasks)
    workflow.addTask(try rank.createTask(["folder": folder], upstream: tasks))

    let result = try workflow.run(resume: true)
    print("\(result.status.rawValue): \(result.tasksDone) of \(result.tasksTotal) tasks")
    for task in result.failedTasks { print("\(task.name): \(task.reason)") }
    print(try String(contentsOfFile: folder + "/longest", encoding: .utf8), terminator: "")
  }
}
