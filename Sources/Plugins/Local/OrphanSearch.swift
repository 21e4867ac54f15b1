import Foundation
import JobmonCore
import LinuxProcesses

/// Finds processes that a worker left behind when it died, and ends them. They are known by their environment and by
/// their mark (``ProcessMark``); what they started is known by its parent.
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
  ///   - prefixes: what the runs' tokens begin with: marks their workers, and children of these that were just being
  ///     started.
  ///   - grace: seconds between TERM and KILL.
  ///   - isWanted: whether the search is still to continue.
  init(tokens: Set<String>, prefixes: Set<String>, grace: Double, while isWanted: @escaping () -> Bool) {
    self.tokens = tokens
    self.prefixes = prefixes
    self.grace = grace
    self.isWanted = isWanted
    taskMarks = Set(tokens.map { ProcessMark(task: $0) })
    workerMarks = Set(prefixes.map { ProcessMark(workerOf: $0) })
  }

  /// Ends workers first, at once: one that outlived its driver may still start commands that it has received. Then whatever
  /// belongs to one of the task instances, with its descendants: TERM, after the grace KILL.
  ///
  /// - Parameters:
  ///   - atLeastTwice: where processes may be about to carry a token (between fork and exec they show their parent's
  ///     environment), one pass without a find says too little.
  ///   - warn: gets one sentence about processes that do not end.
  /// - Returns: true when nothing is left; false where that is not known, because the search was given up.
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
      // Only when no worker is left is it known what there is.
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

  /// The processes that there are now.
  func look() -> [LinuxProcess] {
    let (workers, others) = find(beside: [])
    return workers + others
  }

  /// The sentence about processes that do not end.
  private static func sentence(on left: [LinuxProcess], mayBeEnded: Bool) -> String {
    let most = 10
    let names = left.prefix(most).map { "\($0.id) (\($0.programName))" }.joined(separator: ", ")
    let more = left.count > most ? " and \(left.count - most) more" : ""
    let why =
      mayBeEnded
      ? "they do not end although they were killed" : "no permission to end them (another user's)"
    return
      "processes of an earlier attempt still run: \(names)\(more); \(why). The tasks wait for their end"
  }

  /// - Parameter known: what earlier passes found. It is still looked for: its descendants may have lost the parent by
  ///   which they were found, and have no other sign.
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
