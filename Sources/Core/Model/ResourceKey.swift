/// Keys of compute resources.
package enum ResourceKey {
  /// Common names of the standard keys in Slurm and other systems.
  private static let otherWords = [
    "mem": "memory", "ram": "memory", "mem_gb": "memory", "m_mem_free": "memory", "time": "runtime",
    "walltime": "runtime", "wall_time": "runtime", "max_runtime": "runtime", "time_limit": "runtime",
    "cpu": "cores", "cpus": "cores", "ncpus": "cores", "num_cores": "cores", "threads": "cores",
    "cpus_per_task": "cores", "partition": "queue", "account": "project", "constraint": "constraints",
    "output": "stdout", "error": "stderr",
  ]

  /// The key that was probably intended.
  package static func nearest(to key: String, among known: some Sequence<String>) -> String? {
    let known = Set(known)
    if let word = otherWords[key.lowercased()], known.contains(word) { return word }
    return Suggestion.nearest(to: key, among: known.sorted())
  }
}
