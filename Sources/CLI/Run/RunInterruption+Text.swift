import JobmonCore

extension RunInterruption {
  /// `interrupted: no new tasks; cancelling 3 tasks on this machine; leaving 5 jobs in slurm; press Ctrl-C again to quit now`
  var sentence: String {
    let parts =
      cancelled.map { "cancelling \($0.words("task"))" } + left.map { "leaving \($0.words("job"))" }
    return again
      ? (["interrupted again: quitting now"] + parts).joined(separator: "; ")
      : (["interrupted: no new tasks"] + parts + ["press Ctrl-C again to quit now"]).joined(separator: "; ")
  }
}

extension RunInterruption.Share {
  /// `3 tasks on this machine`, `5 jobs in slurm`
  fileprivate func words(_ noun: String) -> String {
    "\(CountText.of(tasks, noun)) " + (isThisMachine ? "on this machine" : "in \(cluster)")
  }
}
