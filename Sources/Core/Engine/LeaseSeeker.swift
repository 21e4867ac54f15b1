import Foundation
import JobmonModel
import JobmonStore

/// Takes a workflow's lease: at once if it is free, from a dead run, or from a live run after asking it to hand over.
struct LeaseSeeker {
  /// Microseconds between two checks of the lease.
  private static let lookOut: UInt32 = 20_000

  let store: any Store
  let options: RunOptions
  let driver: DriverRecord
  /// When this run began. A run that began later is not asked to hand over.
  let began: Timestamp
  let isInterrupted: () -> Bool
  let notice: (String) -> Void

  /// - Throws: ``RunRefusal`` with `workflow_held`.
  /// - Returns: the run, and the `seq` of its change; nil if an interrupt came first.
  func acquire(_ workflow: WorkflowID) throws -> (run: WorkflowRunID, seq: Int64)? {
    var dead: WorkflowRunID?
    var watched: (run: WorkflowRunID, beats: Int64, since: Int64)?
    var hasAsked = false
    var firstBeats: Int64?
    let deadline = Instant.now.monotonic + Milliseconds.of(seconds: options.resumeTimeout)
    while !isInterrupted() {
      KillPoint.reached("driver.lease.before")
      switch try store.openRun(workflow, by: driver, over: dead) {
      case .granted(let run, let seq):
        KillPoint.reached("driver.lease.after")
        return (run, seq)
      case .held(let holder):
        let now = Instant.now.monotonic
        if HostProcess(holder.driver).isKnownDead {
          dead = holder.run
          continue
        }
        if watched?.run != holder.run || watched?.beats != holder.beats {
          watched = (holder.run, holder.beats, now)
        }
        if Double(now - watched!.since) >= options.heartbeatDeadAfter * 1000 {
          notice("run \(holder.run) on \(holder.driver.host) has sent no heartbeat; taking over its workflow")
          dead = holder.run
          continue
        }
        guard options.resume else { throw held(holder, workflow) }
        if !options.takesOver {
          // A driver on another host without a heartbeat may be dead. It is watched for as long as a resume would watch
          // it.
          let hasBeaten = firstBeats.map { $0 != holder.beats } ?? false
          if HostProcess(holder.driver).isHere || hasBeaten || now >= deadline {
            throw held(holder, workflow)
          }
          firstBeats = holder.beats
          usleep(Self.lookOut)
          continue
        }
        if !hasAsked {
          if let why = Self.resistance(of: holder, began) { throw held(holder, workflow, why) }
          guard try store.requestTakeOver(of: holder.run, by: driver, cold: options.resetRunningJobs) else {
            throw held(holder, workflow, .askedByOther)
          }
          hasAsked = true
          notice(
            "asked run \(holder.run) (process \(holder.driver.pid) on \(holder.driver.host)) to hand over")
        } else if holder.askedBy != driver.runUUID {
          throw held(holder, workflow, .otherWasFaster)
        }
        if now >= deadline {
          throw held(
            holder, workflow, .notLetGo(seconds: Milliseconds.of(seconds: options.resumeTimeout) / 1000))
        }
        usleep(Self.lookOut)
      }
    }
    return nil
  }

  /// Why a live run is not asked to hand over to a resume that began at this time; nil if it is asked.
  static func resistance(of holder: LeaseHolder, _ began: Timestamp) -> LeaseRefusal.Resistance? {
    if holder.since >= began { return .younger }
    return holder.askedBy == nil ? nil : .askedByOther
  }

  private func held(
    _ holder: LeaseHolder, _ workflow: WorkflowID, _ resistance: LeaseRefusal.Resistance? = nil
  ) -> RunRefusal {
    RunRefusal(LeaseRefusal.held(workflow, LeaseRefusal.Holder(holder), resistance))
  }
}
