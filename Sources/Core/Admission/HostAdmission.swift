import Foundation

/// One run's place among all that run tasks on this machine: they share its cores and memory, instead of each taking
/// them for its own. Asked after every turn; only where something may have changed does it look at the others.
final class HostAdmission {
  /// Milliseconds between looks while a ready task waits for what others hold, and while none does.
  private static let pauses = (short: Int64(50), content: Int64(200))
  /// Milliseconds between looks at the least.
  private static let shortestPause: Int64 = 20
  /// Milliseconds a task waits before people are told why.
  private static let patience: Int64 = 2000

  private let folder: ClaimFolder
  private let workflow: String
  /// What all runs of the machine may take together.
  private let total: HostAmount
  /// What this run may take at most.
  private let most: HostAmount

  private var share = HostAmount.none
  private var hasLooked = false
  private var wasHungry = false
  private var lastLook: Int64 = 0
  private var starts = 0
  private var since: Int64 = 0
  private var shortSince: Int64?
  private var hasTold = false

  /// - Parameters:
  ///   - node: what this run may take at most.
  ///   - machine: what there is.
  ///   - name: of this run's claim among all of the machine.
  ///   - workflow: which run may be another of the same workflow.
  init(node: ClusterNode, machine: HostAmount, folder: String, name: String, workflow: String) throws {
    self.folder = try ClaimFolder(folder, name: name)
    self.workflow = workflow
    most = HostAmount(cores: node.cores, memory: node.memory)
    total = .most(machine, most)
  }

  /// When to look again whatever happens, in monotonic milliseconds.
  var due: Int64 { lastLook + (shortSince == nil ? Self.pauses.content : Self.pauses.short) }

  /// Whether it is time to look.
  ///
  /// - Parameter isShort: whether a ready task waits for more than the run's share.
  func isDue(isShort: Bool, now: Int64) -> Bool {
    // A run that had nothing ready has kept nothing: its first ready task does not wait.
    now >= due || !hasLooked || isShort && (!wasHungry || now - lastLook >= Self.shortestPause)
  }

  /// What the run may take from now on; nil where that is what it was.
  ///
  /// - Parameter demand: the run's own, after its last turn.
  func look(_ demand: HostDemand, now: Int64, notice: (String) -> Void) -> HostAmount? {
    let isHungry = demand.next != nil
    if demand.starts != starts || !wasHungry { since = now }
    starts = demand.starts
    let before = share
    var held = HostAmount.none
    let hasLock = folder.exchange { all in
      let others = all.filter { $0.workflow != workflow }
      var own = HostClaim(
        holds: share, uses: demand.uses, wants: .least(demand.wants, most), next: demand.next, since: since,
        workflow: workflow, name: folder.name)
      share = .least(HostClaim.share(of: own.name, among: others + [own], total: total), most)
      // What runs already is held until it ends.
      own.holds = .most(share, demand.uses)
      held = others.reduce(.none) { $0 + $1.holds }
      return own
    }
    lastLook = now
    guard hasLock else { return nil }
    hasLooked = true
    wasHungry = isHungry
    tell(demand, held: held, now: now, notice)
    return share == before ? nil : share
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
        + "\(MemorySize.text(held.memory)) of its \(MemorySize.text(total.memory)): this one takes its share as their tasks end"
    )
  }
}

/// What a run takes and would take of its machine.
struct HostDemand: Hashable, Sendable {
  var uses: HostAmount
  var wants: HostAmount
  /// What the task that is next in line takes; nil where none is ready.
  var next: HostAmount?
  /// How many attempts were started so far.
  var starts: Int
}
