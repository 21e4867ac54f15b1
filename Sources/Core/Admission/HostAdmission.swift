import Foundation
import JobmonExecution
import JobmonModel

/// One run's place among all that run tasks on this machine: they share its cores and memory, instead of each taking
/// them for its own. Asked after every turn; only where something may have changed does it look at the others.
package final class HostAdmission {
  /// Milliseconds between looks while a ready task waits for what others hold, while none does, and while the runs cannot
  /// agree and this one goes without them.
  private static let pauses = (short: Int64(50), content: Int64(200), alone: Int64(1000))
  /// A look may take one part of so many of the time: any user can make it longer for all.
  private static let leisure: Int64 = 10
  /// Milliseconds between looks at the least.
  private static let shortestPause: Int64 = 20
  /// Milliseconds a task waits before people are told why.
  private static let patience: Int64 = 2000
  /// Milliseconds that another process may hold the lock on the claims: runs hold it for one or two.
  private static let longestLock: Int64 = 5000
  /// Milliseconds that a run waits, with nothing running, for what other users claim. Nothing shows whether there are tasks
  /// behind a claim: after that it takes its own user's part whatever they say.
  private static let longestWait: Int64 = 60_000

  private let folder: ClaimFolder
  private let workflow: String
  /// What all runs of the machine may take together.
  private let total: HostAmount
  /// What this run may take at most.
  private let most: HostAmount

  private var share = HostAmount.none
  private var wasHungry = false
  private var lastLook = Int64.min / 2
  /// When the first of those looks was made after which the lock was not to be had.
  private var lockedSince: Int64?
  /// Whether the run takes what it may, for want of an agreement with the others.
  private var isAlone = false
  private var hasToldAlone = false
  /// Since when nothing runs, and a task waits for what other runs have.
  private var starvedSince: Int64?
  /// Whether other users' claims have been believed for long enough.
  private var insists = false
  private var hasToldInsisting = false
  private var starts = 0
  private var since: Int64 = 0
  private var shortSince: Int64?
  private var hasTold = false

  /// - Parameters:
  ///   - node: what this run may take at most.
  ///   - machine: what there is.
  ///   - name: of this run's claim among all of the machine.
  ///   - workflow: which run may be another of the same workflow.
  package init(node: ClusterNode, machine: HostAmount, folder: String, name: String, workflow: String) throws
  {
    self.folder = try ClaimFolder(folder, name: name)
    self.workflow = workflow
    most = HostAmount(cores: node.cores, memory: node.memory)
    total = .most(machine, most)
  }

  /// When to look again whatever happens, in monotonic milliseconds.
  package var due: Int64 {
    let pause =
      isAlone
      ? Self.pauses.alone
      : lockedSince != nil ? Self.shortestPause : shortSince == nil ? Self.pauses.content : Self.pauses.short
    return lastLook + max(pause, Self.leisure * folder.duration)
  }

  /// Whether it is time to look.
  ///
  /// - Parameter isShort: whether a ready task waits for more than the run's share.
  package func isDue(isShort: Bool, now: Int64) -> Bool {
    // A run that had nothing ready has kept nothing: its first ready task does not wait.
    if now >= due { return true }
    return isShort && !isAlone && (!wasHungry || now - lastLook >= Self.shortestPause + folder.duration)
  }

  /// What the run may take from now on; nil where that is what it was.
  ///
  /// - Parameter demand: the run's own, after its last turn.
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
      // What runs already is held until it ends.
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

  /// The runs cannot agree now: after a while this one takes all that it may, until they can.
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

  /// Takes the own user's part, where nothing could run for too long because of what other users claim.
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
    // Cores are shared by whoever runs; memory that is not there kills.
    part.memory = min(part.memory, demand.uses.memory.clampedSum(AvailableMemory.bytes ?? 0))
    share = .most(share, .least(part, most))
    guard !hasToldInsisting, share.admits(next, beside: demand.uses) else { return }
    hasToldInsisting = true
    notice(
      "runs of other users have used all of this machine for \(Self.longestWait / 1000) s: this run takes its share"
    )
  }

  /// Says once why tasks wait that this run has room for.
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
