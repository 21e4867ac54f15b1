import ArgumentParser
import Foundation
import JobmonCore

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a small workflow file to start from.")

  @Argument(help: "Where to.")
  var file = "workflow.yaml"

  @OptionGroup var output: OutputOptions

  static let example = """
    # Run it with: jobmon run workflow.yaml
    # yaml-language-server: the output of `jobmon schema` describes this file.
    tool: my_tool
    name: my_workflow
    # The same tool and workflow_args are the same workflow: `jobmon run --resume` continues it.
    workflow_args: first_try
    default_compute_resources: {cores: 1, memory: 1G, runtime: 10m}

    task_templates:
      count:
        # {number} puts a value into the command as it is, {number:q} quoted for the shell.
        command_template: "seq {number} | wc -l > count.{number}"
        node_args: [number]
      add:
        command_template: "cat count.* | awk '{{s += $1}} END {{print s}}' > total"

    tasks:
      - template: count
        for_each: {number: {range: [1, 5]}}
      - template: add
        upstream: [{template: count}]

    """

  func run() throws {
    guard !OSFile.exists(file) else {
      throw RunRefusal(
        .invalidUsage, "\(file) is there already: name another file, as in `jobmon init other.yaml`")
    }
    try OutputFile.write(Data(Self.example.utf8), to: file, named: "the file")
    output.tell(
      changed: 1,
      "wrote \(file); look at what it would do with `jobmon run \(ShellWord.quoted(file)) --dry-run`",
      ["file": .string(file)])
  }
}
