import Foundation
import JobmonCore
import LinuxProcesses

/// Finds processes that a dead worker left behind, and ends them. They are identified by their environment and their
/// mark (``ProcessMark``), their descendants by the parent.
struct OrphanSearch {
  private let tokens: Set<String>
  private let prefixes: Set<String>
  private let taskMarks: Set<ProcessMark>
  private let workerMarks: Set<ProcessMark>
  /// Seconds between TERM and KILL.
  private let grace: Double
  private let isWanted: () -> Bool

  /// - Parameters:
  ///   - tokens: of task instances, `<batch token>.<index>`.
  ///   - prefixes: the common prefixes of the runs' tokens. They identify the workers of the runs, and children of
  ///     workers that were just being started.
  ///   - grace: seconds between TERM and KILL.
  ///   - isWanted: whether to continue the search.
  ///   - isWanted: whether the search is still to continue.
  init(tokens: Set<String>, prefixes: Set<String>, grace: Double, while isWanted: @escaping () -> Bool) {
    self.tokens = tokens
    self.prefixes = prefixes
    self.grace = grace
    self.isWanted = isWanted
    taskMarks = Set(tokens.map { ProcessMark(task: $0) })
    workerMarks = Set(prefixes.map { ProcessMark(workerOf: $0) })
  }

  /// Ends the workers first, immediately: a worker that outlived its driver may still start commands that it has
  /// received. Then ends all processes of the task instances and their descendants: TERM, and KILL after the grace
  /// period.
  ///
  /// - Parameters:
  ///   - atLeastTwice: whether one pass that finds nothing is not enough. It is not if processes may be about to get a
  ///     token: between fork and exec they show their parent's environment.
  ///   - warn: gets one sentence about processes that do not end.
  /// - Returns: true when nothing is left; false if that is unknown because the search was given up.
  func endAll(atLeastTwice: Bool = false, warn: (String) -> Void) -> Bool {
    var isCertain = !atLeastTwice
    let killAt = DispatchTime.now() + grace
    var warnAt: DispatchTime? = killAt + 5
    var terminated: Set<LinuxProcess.Key> = []
    var known: Set<LinuxProcess.Key> = []
    while isWanted() {
      let (workers, others) = find(beside: known)
      if workers.isEmpty, others.isEmpty {
        if isCertain { return true }
        isCertain = true
      } else {
        isCertain = false
      }
      known = Set(others.map(\.key))
      var forbidden: Set<LinuxProcess.Key> = []
      for worker in workers where !worker.send(SIGKILL) { forbidden.insert(worker.key) }
      // The set of processes is known only when no worker is left.
      if workers.isEmpty {
        let signal = DispatchTime.now() < killAt ? SIGTERM : SIGKILL
        for process in others where signal == SIGKILL || terminated.insert(process.key).inserted {
          if !process.send(signal) { forbidden.insert(process.key) }
        }
      }
      if let time = warnAt, !forbidden.isEmpty || time < .now() {
        let left =
          forbidden.isEmpty ? workers + others : (workers + others).filter { forbidden.contains($0.key) }
        if !left.isEmpty { warn(Self.sentence(on: left, mayBeEnded: forbidden.isEmpty)) }
        warnAt = nil
      }
      usleep(warnAt == nil ? 100_000 : 2_000)
    }
    return false
  }

  /// The processes that exist now.
  func look() -> [LinuxProcess] {
    let (workers, others) = find(beside: [])
    return workers + others
  }

  /// The message about processes that do not end.
  private static func sentence(on left: [LinuxProcess], mayBeEnded: Bool) -> String {
    let most = 10
    let names = left.prefix(most).map { "\($0.id) (\($0.programName))" }.joined(separator: ", ")
    let more = left.count > most ? " and \(left.count - most) more" : ""
    let why =
      mayBeEnded
      ? "they were killed but have not ended" : "they belong to another user and cannot be ended"
    return
      "processes of an earlier attempt are still running: \(names)\(more); \(why). The tasks wait until they end"
  }

  /// - Parameter known: what earlier passes found. These are searched again: their descendants may have lost the parent
  ///   by which they were found, and have no other mark.
  private func find(beside known: Set<LinuxProcess.Key>) -> (workers: [LinuxProcess], others: [LinuxProcess])
  {
    var workers: [LinuxProcess] = []
    var roots: [pid_t] = []
    let own = getpid()
    for id in ProcessTable.ids() where id != own {
      let environment = ProcessEnvironment(of: id)
      let belongs = !tokens.isDisjoint(with: environment.tokens)
      if let run = environment[ProcessEnvironment.workerOf], prefixes.contains(run) {
        if let process = LinuxProcess(id), !process.isZombie { workers.append(process) }
      } else if belongs {
        roots.append(id)
      } else if let mark = ProcessMark(of: id) {
        if workerMarks.contains(mark) {
          if let process = LinuxProcess(id), !process.isZombie { workers.append(process) }
        } else if taskMarks.contains(mark) {
          roots.append(id)
        }
      }
    }
    guard !roots.isEmpty || !known.isEmpty else { return (workers, []) }
    let table = ProcessTable()
    roots += table.processes.values.filter { known.contains($0.key) }.map(\.id).sorted()
    var seen: Set<pid_t> = []
    let others = roots.flatMap(table.tree).filter { seen.insert($0.id).inserted && $0.id != own }
    return (workers, others)
  }
}
