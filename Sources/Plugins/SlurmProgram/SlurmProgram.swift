import JobmonCore
import SlurmPlugin

/// `jobmon-slurm`: the plugin for Slurm clusters. jobmon starts it and communicates with it through its standard input and
/// output. It uses libslurm if it can load it, else Slurm's commands.
@main
enum SlurmProgram {
  static func main() {
    let library: (any SlurmController)? = LibSlurm()
    let controllers = [library, SlurmCommands()].compactMap(\.self)
    PluginProgram.serve(SlurmExecutor(controllers, attributes: SlurmAttributes.names))
  }
}
