import Foundation
import JobmonExecution
import JobmonModel

/// Divides the cores and memory of this machine among all runs on it, so that each run does not use all of them. The
/// engine calls it after every turn; it reads the other runs' claims only if something may have changed.
package final class HostAdmission {
  /// Milliseconds between two exchanges: while a ready task waits for resources that other runs hold; while none does;
  /// and while the exchange fails and this run uses the machine alone.
  private static let pauses = (short: Int64(50), content: Int64(200), alone: Int64(1000))
  /// An exchange may take 1/10 of the time, because any user can make it slower for all.
  private static let leisure: Int64 = 10
  /// Minimum number of milliseconds between two exchanges.
  private static let shortestPause: Int64 = 20
  /// Milliseconds that a task waits before a notice explains why.
  private static let patience: Int64 = 2000
  /// Milliseconds for which another process may hold the lock on the claims. Runs hold it for one or two.
  private static let longestLock: Int64 = 5000
  /// Milliseconds for which a run without running tasks waits because of claims of other users. A claim does not prove
  /// that its tasks exist. After this time the run takes its own user's part regardless of the claims.
  private static let longestWait: Int64 = 60_000

  private let folder: ClaimFolder
  private let workflow: String
  /// The resources available to all runs on the machine together.
  private let total: HostAmount
  /// The maximum for this run.
  private let most: HostAmount

  private var share = HostAmount.none
  private var wasHungry = false
  private var lastLook = Int64.min / 2
  /// Time of the first exchange in a row that failed because the folder was locked.
  private var lockedSince: Int64?
  /// Whether the run uses its maximum because it cannot exchange claims.
  private var isAlone = false
  private var hasToldAlone = false
  /// Since when no task is running and a task waits for resources that other runs hold.
  private var starvedSince: Int64?
  /// Whether the run has waited for the claims of other users for the longest time.
  private var insists = false
  private var hasToldInsisting = false
  private var starts = 0
  private var since: Int64 = 0
  private var shortSince: Int64?
  private var hasTold = false

  /// Creates this run's claim.
  ///
  /// - Parameters:
  ///   - node: the maximum for this run.
  ///   - machine: the resources of the machine.
  ///   - name: of this run's claim, unique on the machine.
  ///   - workflow: identifies the workflow. Claims of the same workflow come from an earlier run.
  package init(node: ClusterNode, machine: HostAmount, folder: String, name: String, workflow: String) throws
  {
    self.folder = try ClaimFolder(folder, name: name)
    self.workflow = workflow
    most = HostAmount(cores: node.cores, memory: node.memory)
    total = .most(machine, most)
  }

  /// When to exchange claims again in any case, in monotonic milliseconds.
  package var due: Int64 {
    let pause =
      isAlone
      ? Self.pauses.alone
      : lockedSince != nil ? Self.shortestPause : shortSince == nil ? Self.pauses.content : Self.pauses.short
    return lastLook + max(pause, Self.leisure * folder.duration)
  }

  /// Whether to exchange claims now.
  ///
  /// - Parameter isShort: whether a ready task needs more than the run's share.
  package func isDue(isShort: Bool, now: Int64) -> Bool {
    // A run that had no ready task holds nothing unused, so its first ready task does not wait.
    if now >= due { return true }
    return isShort && !isAlone && (!wasHungry || now - lastLook >= Self.shortestPause + folder.duration)
  }

  /// Exchanges claims and returns the run's new share; nil if it did not change.
  ///
  /// - Parameter demand: the run's demand after its last turn.
  package func look(_ demand: HostDemand, now: Int64, notice: (String) -> Void) -> HostAmount? {
    let isHungry = demand.next != nil
    if demand.starts != starts || !wasHungry { since = now }
    starts = demand.starts
    let before = share
    var held = HostAmount.none
    let isExchanged = folder.exchange { all in
      let others = all.filter { $0.workflow != workflow && $0.isPossible(within: total, now: now) }
      var own = HostClaim(
        holds: .least(share, total), uses: .least(demand.uses, total), wants: .least(demand.wants, most),
        next: demand.next, since: since, workflow: workflow, name: folder.name, user: getuid())
      share = .least(HostClaim.share(of: own.name, among: others + [own], total: total), most)
      insist(own, demand, others: others, now: now, notice)
      // Resources of running tasks are held until the tasks end.
      own.holds = .most(share, own.uses)
      held = others.reduce(.none) { $0 + $1.holds }
      return own
    }
    lastLook = now
    wasHungry = isHungry
    if isExchanged {
      lockedSince = nil
      isAlone = false
      tell(demand, held: held, now: now, notice)
    } else {
      goAlone(now: now, notice)
    }
    return share == before ? nil : share
  }

  /// Handles a failed exchange. After a while, the run uses its maximum until an exchange succeeds.
  private func goAlone(now: Int64, _ notice: (String) -> Void) {
    let began = lockedSince ?? now
    lockedSince = began
    let why: String
    switch folder.obstacle {
    case .crowded: why = "has more than \(ClaimFolder.mostFiles) files"
    case .locked, nil:
      guard isAlone || now - began >= Self.longestLock else { return }
      why = "has been locked by another process for \(Self.longestLock / 1000) s"
    }
    isAlone = true
    share = most
    shortSince = nil
    guard !hasToldAlone else { return }
    hasToldAlone = true
    notice(
      "\(folder.path), where runs share the cores and memory of this machine, \(why): using all of this "
        + "machine until it can be used again")
  }

  /// Takes the own user's part if no task could run for too long because of claims of other users.
  private func insist(
    _ own: HostClaim, _ demand: HostDemand, others: [HostClaim], now: Int64, _ notice: (String) -> Void
  ) {
    guard let next = demand.next, most.admits(next, beside: demand.uses) else {
      if demand.uses == .none { starvedSince = nil }
      return
    }
    if share.admits(next, beside: demand.uses) {
      starvedSince = nil
      insists = false
      return
    }
    if demand.uses == .none {
      starvedSince = starvedSince ?? now
    } else if !insists {
      starvedSince = nil
    }
    if let starvedSince, now - starvedSince >= Self.longestWait { insists = true }
    guard insists, others.contains(where: { $0.user != own.user }) else { return }
    var part = HostClaim.ownPart(of: own.name, among: others + [own], total: total)
    // Processes can share cores, but if memory is exceeded, they are killed.
    part.memory = min(part.memory, demand.uses.memory.clampedSum(AvailableMemory.bytes ?? 0))
    share = .most(share, .least(part, most))
    guard !hasToldInsisting, share.admits(next, beside: demand.uses) else { return }
    hasToldInsisting = true
    notice(
      "runs of other users have used all of this machine for \(Self.longestWait / 1000) s: this run takes its share"
    )
  }

  /// Explains once why tasks wait that would fit into this run's maximum.
  private func tell(_ demand: HostDemand, held: HostAmount, now: Int64, _ notice: (String) -> Void) {
    guard let next = demand.next, !share.admits(next, beside: demand.uses),
      most.admits(next, beside: demand.uses)
    else {
      shortSince = nil
      return
    }
    let began = shortSince ?? now
    shortSince = began
    guard !hasTold, now - began >= Self.patience, held != .none else { return }
    hasTold = true
    notice(
      "other runs on this machine hold \(held.cores) of its \(total.cores) cores and "
        + "\(MemorySize.text(held.memory)) of its \(MemorySize.text(total.memory)): this run gets its share as their tasks end"
    )
  }
}
