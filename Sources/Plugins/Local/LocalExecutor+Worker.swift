import Foundation
import JobmonCore
import LinuxProcesses
import OSText
import WorkerHost
import WorkerProtocol

/// Communication with the worker, and what happens if it dies.
extension LocalExecutor {
  /// - Parameter isFirst: whether this is the run's first worker. A replacement is not killed at the same kill point
  ///   again.
  func startWorker(_ opened: Opened, isFirst: Bool) throws {
    let replaced = [ProcessEnvironment.workerOf + "="] + (isFirst ? [] : ["JOBMON_KILL_AT="])
    let environment =
      OSText.environment.filter { variable in !replaced.contains { variable.hasPrefix($0) } }
      + ["\(ProcessEnvironment.workerOf)=\(opened.context.tokenPrefix)"]
    KillPoint.reached("local.worker.before")
    let link = try WorkerLink(
      program: opened.worker, environment: environment,
      mark: ProcessMark(workerOf: opened.context.tokenPrefix))
    KillPoint.reached("local.worker.after")
    link.send([.hello(opened.setting)])
    activity.enter()
    state.withLock { state in
      state.link = link
      state.broken = nil
      link.send(state.waiting)
      state.waiting = []
    }
    link.read { [self] frames in
      heard(frames, opened)
    } atEnd: { [self] in
      lost(link, opened)
      activity.leave()
    }
  }

  /// Starts a worker if starting was given up earlier. Returns the reason if that still fails.
  func mend(_ opened: Opened) -> String? {
    guard state.withLock({ $0.broken }) != nil else { return nil }
    do {
      try startWorker(opened, isFirst: false)
      return nil
    } catch {
      return "\(error)"
    }
  }

  private func heard(_ frames: [WorkerFrame], _ opened: Opened) {
    let node = opened.node.name
    var events: [ExecutorEvent] = []
    events.reserveCapacity(frames.count)
    var ended: [TaskInstanceID] = []
    for frame in frames {
      switch frame {
      case .started(let instance, let time):
        events.append(.started(instance, node: node, at: Timestamp(milliseconds: time)))
      case .ended(let report):
        ended.append(report.instance)
        events.append(.ended(report.instance, Outcome(report, node: node)))
      case .cancelled(let instance, let wasRunning):
        events.append(.cancelled(instance, wasRunning ? .requested : .alreadyEnded))
      }
    }
    state.withLock { state in
      for instance in ended { state.tokens[instance] = nil }
      if !ended.isEmpty { state.deaths = 0 }
    }
    opened.events.post(events)
  }

  /// Handles the end of the worker. Unless it was requested, ends the orphans, reports them as interrupted, and starts
  /// another worker.
  private func lost(_ link: WorkerLink, _ opened: Opened) {
    let (orphans, wasAsked, deaths) = state.withLock { state in
      state.link = nil
      state.deaths += 1
      defer { state.tokens = [:] }
      return (state.tokens, state.isStopping, state.deaths)
    }
    if !orphans.isEmpty || !wasAsked {
      KillPoint.reached("local.orphans.before")
      let search = OrphanSearch(
        tokens: Set(orphans.values), prefixes: [opened.context.tokenPrefix], grace: opened.context.killGrace,
        while: isWaited)
      // If the search was given up, no end is reported: the next run recovers these instances again.
      guard search.endAll(atLeastTwice: true, warn: { opened.events.post(.log(.warning, $0)) }) else {
        return
      }
      let outcome = Outcome(
        cause: .interrupted, ended: .now, node: opened.node.name,
        message: "its worker process \(link.howItEnded)")
      opened.events.post(orphans.keys.sorted().map { .ended($0, outcome) })
    }
    let isOver = state.withLock { $0.isStopping && $0.waiting.allSatisfy { $0 == .stop } }
    guard !isOver else { return }
    opened.events.post(.log(.warning, "the worker process \(link.howItEnded): starting a new one"))
    do {
      guard deaths < Self.patience else {
        throw ExecutorError(
          "the worker process has died \(deaths) times in a row; the last one \(link.howItEnded)")
      }
      try startWorker(opened, isFirst: false)
    } catch {
      giveUp("\(error)", opened)
    }
  }

  /// Gives up starting workers: pending commands fail, and later ones also fail.
  private func giveUp(_ why: String, _ opened: Opened) {
    let failed = state.withLock { state in
      defer {
        state.broken = why
        state.waiting = []
        state.tokens = [:]
      }
      return state.tokens.keys.sorted()
    }
    opened.events.post(.health(.unavailable(why)))
    opened.events.post(failed.map { .ended($0, Outcome(cause: .launchFailure, ended: .now, message: why)) })
  }
}
