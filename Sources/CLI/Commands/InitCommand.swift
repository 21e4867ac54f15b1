import ArgumentParser
import Foundation
import JobmonCore

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a small workflow file to start from.",
    discussion: "EXAMPLE: jobmon init workflow.yaml")

  @Argument(help: "The new file; - is standard output.")
  var file = "workflow.yaml"

  @OptionGroup var output: OutputOptions

  /// - Parameters:
  ///   - file: the file's name.
  ///   - project: distinguishes its workflow from those of other folders.
  static func example(_ file: String, project: String) -> String {
    """
    # Run it with: jobmon run \(file)
    # `jobmon schema` prints a JSON Schema of this file, for editors.
    tool: \(project)
    name: \(project)
    # Tool and workflow_args identify a workflow: `jobmon run --resume` continues it; other workflow_args start a new one.
    workflow_args: \(project)
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
  }

  func run() throws {
    guard file == OutputFile.standardOutput || !OSFile.exists(file) else {
      throw RunRefusal(UsageFault.fileExists(file))
    }
    let target = OSFile.absolute(file, in: OSFile.currentFolder)
    let example = Self.example(
      ShellWord.quoted(OSFile.name(of: target)),
      project: YAMLText.scalar(DefinitionName.legal(OSFile.name(of: OSFile.real(OSFile.folder(of: target))))))
    try OutputFile.write(Data(example.utf8), to: file, named: "the file")
    if file == OutputFile.standardOutput { return }
    try output.tell(
      changed: 1,
      "wrote \(file); show the plan with: jobmon run \(ShellWord.quoted(file)) --dry-run",
      ["file": .string(file)])
  }
}
