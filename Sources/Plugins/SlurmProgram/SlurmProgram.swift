import JobmonCore
import SlurmPlugin

/// `jobmon-slurm`: the plugin for Slurm clusters, linked with libslurm. jobmon starts it and communicates with it
/// through its standard input and output.
@main
enum SlurmProgram {
  static func main() { PluginProgram.serve(SlurmExecutor(LibSlurm(), attributes: LibSlurm.attributes)) }
}
