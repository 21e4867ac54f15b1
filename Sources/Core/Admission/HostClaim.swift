import JobmonExecution

/// The resources that one run holds of a shared machine, and those that it wants.
struct HostClaim: Hashable, Codable, Sendable {
  /// The resources reserved for its tasks. No other run uses them.
  var holds: HostAmount
  /// The resources of its running tasks.
  var uses: HostAmount
  /// The resources of its running and ready tasks if the run were alone.
  var wants: HostAmount
  /// The resources of its next task; nil if none is ready.
  var next: HostAmount?
  /// When it last started a task, or began to wait for its first (CLOCK_BOOTTIME, in milliseconds).
  var since: Int64
  /// Its workflow: the store's id and the workflow's id. A workflow has only one run at a time, so another claim of the
  /// same workflow was left by a run that was taken over.
  var workflow: String
  /// The name of its file, unique on the machine.
  var name: String
  /// The user of the run: the owner of its file, independent of the file's contents.
  var user: UInt32 = 0

  private enum CodingKeys: CodingKey { case holds, uses, wants, next, since, workflow, name }

  /// Maximum length in bytes of `workflow`: a store's UUID and a number.
  private static let longestWorkflow = 128
  /// Milliseconds by which a time may be in the future, because another process read the clock.
  private static let tolerance: Int64 = 1000

  /// Whether a run on this machine can have created the claim. Another user's file may contain anything.
  func isPossible(within total: HostAmount, now: Int64) -> Bool {
    [holds, uses, wants, next ?? .none].allSatisfy {
      (0...max(0, total.cores)).contains($0.cores) && (0...max(0, total.memory)).contains($0.memory)
    }
      && (0...max(0, now.clampedSum(Self.tolerance))).contains(since)
      && workflow.utf8.count <= Self.longestWorkflow
  }

  /// Whether it waits for more resources than it holds.
  var isShort: Bool { next != nil && !holds.covers(wants) }

  /// Divides the resources of a machine in equal parts among its users, and each part among the user's runs. A part
  /// that is not wanted is divided among the others (max-min fairness).
  ///
  /// A run whose next task is larger than its part would wait forever. Therefore, the one of these that has waited
  /// longest gets the resources of its next task, and the others divide the rest, as soon as no run that has waited
  /// longer is waiting for its own part. In this way such runs take turns, and so do runs that outnumber the cores.
  ///
  /// - Parameters:
  ///   - name: of the claim whose share is computed.
  ///   - claims: all claims, including that one.
  ///   - total: the resources of the machine.
  /// - Returns: the run's share, never more than the other runs leave. If it is less than the run uses, the run must
  ///   not start tasks.
  static func share(of name: String, among claims: [HostClaim], total: HostAmount) -> HostAmount {
    let own = claims.first { $0.name == name }!
    let others = claims.filter { $0.name != name }
    let left = others.reduce(total) { $0 - $1.holds }
    guard own.next != nil else { return own.uses }
    // If no other run is short of resources, nothing needs to be divided. A run that comes later gets its part when
    // tasks end.
    let part = others.contains(where: \.isShort) ? fairPart(of: own, among: claims, total: total) : total
    return .least(part, left)
  }

  private static func fairPart(of own: HostClaim, among claims: [HostClaim], total: HostAmount) -> HostAmount
  {
    let inTurn = claims.sorted { ($0.since, $0.name) < ($1.since, $1.name) }
    func parts(_ amount: (HostAmount) -> Int64, floors: [Int64]) -> [Int64] {
      let wants = inTurn.map { amount($0.wants) }
      var parts = zip(floors, wants).map { min($0, $1) }
      // A run with a minimum gets only that.
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
    // The first run in order that waits for its part, or for a task that is larger than its part.
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

  /// The run's share independent of other users' claims: its part of its own user's part.
  ///
  /// Other users' claims are respected only for a limited time (``HostAdmission``), because a claim does not prove that
  /// its tasks exist.
  static func ownPart(of name: String, among claims: [HostClaim], total: HostAmount) -> HostAmount {
    let own = claims.first { $0.name == name }!
    let users = Set(claims.map(\.user)).count
    let part = HostAmount(cores: max(1, total.cores / users), memory: total.memory / Int64(users))
    // One task can always run, even if it is larger than the part.
    return share(
      of: name, among: claims.filter { $0.user == own.user }, total: .most(part, own.next ?? .none))
  }

  /// Max-min fair parts of an amount, in whole numbers. The remainder goes to the first ones.
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
