import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore

struct UpdateConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Write a setting to the configuration file.",
    discussion: """
      The rest of the file is not changed. `clusters.NAME.KEY` sets an option of a cluster in \
      ~/.jobmon/plugins.json. `jobmon config` shows all other keys.
      EXAMPLE: jobmon config set ui.color never
      """)

  @Argument(
    help: "The key, such as heartbeat.interval.", completion: .list(Configuration.standard.keys.sorted()))
  var key: String

  @Argument(help: "The value.")
  var value: String

  @OptionGroup var file: ConfigurationFileOption
  @OptionGroup var output: OutputOptions

  func run() throws {
    let path: String
    let isChanged: Bool
    if key.hasPrefix("clusters.") {
      (path, isChanged) = try setOption()
    } else {
      let file = try ConfigurationFile(path: file.path)
      (path, isChanged) = (file.path, try file.set(key, to: value) != value)
    }
    try output.tell(
      changed: isChanged ? 1 : 0,
      isChanged ? "\(key) is now \(value), in \(path)" : "\(key) was already \(value), in \(path)",
      ["key": .string(key), "value": .string(value), "file": .string(path)])
  }

  private func setOption() throws -> (path: String, isChanged: Bool) {
    let parts = key.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, !parts[1].isEmpty, !parts[2].isEmpty else {
      throw RunRefusal(UsageFault.badOptionKey(key))
    }
    guard file.path == nil else {
      throw RunRefusal(UsageFault.optionsElsewhere)
    }
    let file = RegistryFile()
    return (file.path, try file.set(parts[2], of: parts[1], to: value))
  }
}
