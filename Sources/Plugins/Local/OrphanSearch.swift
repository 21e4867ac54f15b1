import Foundation
import JobmonCore
import LinuxProcesses

/// Finds processes that a worker left behind when it died, by the marks in their environment, and ends them.
struct OrphanSearch {
  /// Tokens of task instances, `<batch token>.<index>`.
  var tokens: Set<String>
  /// What the runs' tokens begin with: marks their workers, and children of these that were just being started.
  var prefixes: Set<String>
  /// Seconds between TERM and KILL.
  var grace: Double

  /// Ends workers first, at once: one that outlived its driver may still start what it was told. Then whatever
  /// carries one of the tokens, with its descendants: TERM, after the grace KILL. Returns when nothing is left.
  ///
  /// - Parameter atLeastTwice: where processes may be about to carry a token (between fork and exec they show their
  ///   parent's environment), one pass without a find says too little.
  /// - Parameter warn: told what will not end, once.
  func endAll(atLeastTwice: Bool = false, warn: (String) -> Void) {
    var isCertain = !atLeastTwice
    let killAt = DispatchTime.now() + grace
    var warnAt: DispatchTime? = killAt + 5
    var terminated: Set<LinuxProcess.Key> = []
    while true {
      let (workers, others) = find()
      if workers.isEmpty, others.isEmpty {
        if isCertain { return }
        isCertain = true
      } else {
        isCertain = false
      }
      if let time = warnAt, time < .now() {
        let ids = (workers + others).map { "\($0.id)" }.joined(separator: ", ")
        if !ids.isEmpty { warn("processes of an earlier attempt do not end though they were killed: \(ids)") }
        warnAt = nil
      }
      for worker in workers { worker.send(SIGKILL) }
      // Only when no worker is left is it known what there is.
      if workers.isEmpty {
        let signal = DispatchTime.now() < killAt ? SIGTERM : SIGKILL
        for process in others where signal == SIGKILL || terminated.insert(process.key).inserted {
          process.send(signal)
        }
      }
      usleep(warnAt == nil ? 100_000 : 2_000)
    }
  }

  private func find() -> (workers: [LinuxProcess], others: [LinuxProcess]) {
    var workers: [LinuxProcess] = []
    var roots: [pid_t] = []
    let own = getpid()
    for id in ProcessTable.ids() where id != own {
      let environment = ProcessEnvironment(of: id)
      if let run = environment[ProcessEnvironment.workerOf], prefixes.contains(run) {
        if let process = LinuxProcess(id), !process.isZombie { workers.append(process) }
      } else if !tokens.isDisjoint(with: environment.tokens) {
        roots.append(id)
      }
    }
    guard !roots.isEmpty else { return (workers, []) }
    let table = ProcessTable()
    var seen: Set<pid_t> = []
    let others = roots.flatMap(table.tree).filter { seen.insert($0.id).inserted && $0.id != own }
    return (workers, others)
  }
}
