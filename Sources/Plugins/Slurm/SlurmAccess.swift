/// How Slurm's controller is accessed.
package enum SlurmAccess: String, CaseIterable, Sendable {
  /// By calls of libslurm.
  case library
  /// By the commands sbatch, squeue, scontrol, sacct and scancel.
  case commands
}
