import JobmonExecution

/// What one run has of a machine that several runs share, and what it would like to have.
struct HostClaim: Hashable, Codable, Sendable {
  /// What its tasks may take: no other run counts on that.
  var holds: HostAmount
  /// What its running tasks take.
  var uses: HostAmount
  /// What they and its ready tasks would take, were the run alone.
  var wants: HostAmount
  /// What its next task takes; nil where none is ready.
  var next: HostAmount?
  /// When it last started a task, or began to wait for its first (CLOCK_BOOTTIME, milliseconds).
  var since: Int64
  /// Its workflow: store and id. A workflow has one run at a time, so a claim of the same workflow is what is left of a
  /// run that was taken over.
  var workflow: String
  /// Unique among the claims of a machine: the name of its file.
  var name: String
  /// Whose run it is: the owner of its file, whatever the file says.
  var user: UInt32 = 0

  private enum CodingKeys: CodingKey { case holds, uses, wants, next, since, workflow, name }

  /// The longest name of a workflow, in bytes: a store's UUID and a number.
  private static let longestWorkflow = 128
  /// Milliseconds that a time may lie ahead: it was read by another process.
  private static let tolerance: Int64 = 1000

  /// Whether a run on such a machine can have made it. Another user may have written anything into his file.
  func isPossible(within total: HostAmount, now: Int64) -> Bool {
    [holds, uses, wants, next ?? .none].allSatisfy {
      (0...max(0, total.cores)).contains($0.cores) && (0...max(0, total.memory)).contains($0.memory)
    }
      && (0...max(0, now.clampedSum(Self.tolerance))).contains(since)
      && workflow.utf8.count <= Self.longestWorkflow
  }

  /// Whether it waits for more than it has.
  var isShort: Bool { next != nil && !holds.covers(wants) }

  /// Divides what a machine has: equal parts for its users, and for the runs of each; what one does not want goes to the others
  /// (max-min fairness). A run whose next task is larger than its part would wait for ever: of those, the one that has waited
  /// longest gets what that task takes, and the others divide the rest, once nobody who has waited longer still waits
  /// for his part. So they take turns, and so do more runs than there are cores.
  ///
  /// - Parameters:
  ///   - name: of the claim that is asked about.
  ///   - claims: all there are, that one included.
  ///   - total: what the machine has.
  /// - Returns: what the run may have now: never more than the others leave. Where that is less than it uses, it is
  ///   to start nothing.
  static func share(of name: String, among claims: [HostClaim], total: HostAmount) -> HostAmount {
    let own = claims.first { $0.name == name }!
    let others = claims.filter { $0.name != name }
    let left = others.reduce(total) { $0 - $1.holds }
    guard own.next != nil else { return own.uses }
    // While nobody else is short there is nothing to divide; who comes later is given its part as tasks end.
    let part = others.contains(where: \.isShort) ? fairPart(of: own, among: claims, total: total) : total
    return .least(part, left)
  }

  private static func fairPart(of own: HostClaim, among claims: [HostClaim], total: HostAmount) -> HostAmount
  {
    let inTurn = claims.sorted { ($0.since, $0.name) < ($1.since, $1.name) }
    func parts(_ amount: (HostAmount) -> Int64, floors: [Int64]) -> [Int64] {
      let wants = inTurn.map { amount($0.wants) }
      var parts = zip(floors, wants).map { min($0, $1) }
      // Who has a floor has had its part.
      let open = wants.indices.filter { floors[$0] == 0 }
      var users: [UInt32] = []
      for index in open where !users.contains(inTurn[index].user) { users.append(inTurn[index].user) }
      let ofUser = users.map { user in open.filter { inTurn[$0].user == user } }
      let left = max(0, amount(total) - parts.reduce(0) { $0.clampedSum($1) })
      let all = divide(left, among: ofUser.map { $0.reduce(0) { $0.clampedSum(wants[$1]) } })
      for (indices, part) in zip(ofUser, all) {
        for (index, own) in zip(indices, divide(part, among: indices.map { wants[$0] })) {
          parts[index] = own
        }
      }
      return parts
    }
    let cores: (HostAmount) -> Int64 = { Int64($0.cores) }
    let none = [Int64](repeating: 0, count: inTurn.count)
    var (ofCores, ofMemory) = (parts(cores, floors: none), parts(\.memory, floors: none))
    // The first in turn that waits: for its part, or for a task that is larger than that.
    let first = inTurn.indices.first { index in
      guard let next = inTurn[index].next else { return false }
      let part = HostAmount(cores: Int(ofCores[index]), memory: ofMemory[index])
      return part.admits(next, beside: inTurn[index].uses) || !part.admits(next, beside: .none)
    }
    if let first, let next = inTurn[first].next,
      Int64(next.cores) > ofCores[first] || next.memory > ofMemory[first]
    {
      var floors = none
      floors[first] = Int64(next.cores)
      ofCores = parts(cores, floors: floors)
      floors[first] = next.memory
      ofMemory = parts(\.memory, floors: floors)
    }
    let index = inTurn.firstIndex { $0.name == own.name }!
    return HostAmount(cores: Int(ofCores[index]), memory: ofMemory[index])
  }

  /// What a run may have whatever the claims of other users say: its part of what is its user's.
  ///
  /// Others' claims are only believed for so long (``HostAdmission``): nothing shows whether there are tasks behind them.
  static func ownPart(of name: String, among claims: [HostClaim], total: HostAmount) -> HostAmount {
    let own = claims.first { $0.name == name }!
    let users = Set(claims.map(\.user)).count
    let part = HostAmount(cores: max(1, total.cores / users), memory: total.memory / Int64(users))
    // One task at a time, even where it is larger than that.
    return share(
      of: name, among: claims.filter { $0.user == own.user }, total: .most(part, own.next ?? .none))
  }

  /// Max-min fair parts of an amount, in whole numbers: what does not divide goes to the first ones.
  private static func divide(_ total: Int64, among wants: [Int64]) -> [Int64] {
    var parts = [Int64](repeating: 0, count: wants.count)
    var open = Array(wants.indices)
    var left = total
    while !open.isEmpty {
      let equal = left / Int64(open.count)
      let modest = open.filter { wants[$0] <= equal }
      if modest.isEmpty {
        for (order, index) in open.enumerated() {
          parts[index] = equal + (Int64(order) < left % Int64(open.count) ? 1 : 0)
        }
        break
      }
      for index in modest {
        parts[index] = wants[index]
        left -= wants[index]
      }
      open.removeAll { wants[$0] <= equal }
    }
    return parts
  }
}
