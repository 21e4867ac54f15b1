import ArgumentParser

/// `jobmon cluster …`
struct ClusterGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster", abstract: "List and test clusters.",
    subcommands: [ClustersCommand.self, ClusterCheckCommand.self])
}
