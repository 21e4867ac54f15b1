import JobmonCore
import SlurmPlugin

/// `jobmon-slurm`: the plugin for Slurm clusters, linked to libslurm. Started by jobmon, which it speaks to over its
/// standard input and output.
@main
enum SlurmProgram {
  static func main() { PluginProgram.serve(SlurmExecutor(LibSlurm(), attributes: LibSlurm.attributes)) }
}
