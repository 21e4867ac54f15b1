import Foundation
import Testing

@testable import JobmonAdmission
@testable import JobmonExecution
@testable import JobmonModel
@testable import JobmonStore
@testable import JobmonTraces

@Suite("Runs that share one machine")
struct HostClaimTests {
  private func claim(
    _ name: String, holds: Int, uses: Int, wants: Int, next: Int? = 1, since: Int64 = 0
  ) -> HostClaim {
    HostClaim(
      holds: HostAmount(cores: holds, memory: 0), uses: HostAmount(cores: uses, memory: 0),
      wants: HostAmount(cores: wants, memory: 0), next: next.map { HostAmount(cores: $0, memory: 0) },
      since: since,
      workflow: name, name: name)
  }

  private func share(_ name: String, _ claims: [HostClaim], cores: Int = 8) -> Int {
    HostClaim.share(of: name, among: claims, total: HostAmount(cores: cores, memory: 0)).cores
  }

  @Test("a single run may use the whole machine, and a run with no ready task keeps only what it uses")
  func alone() {
    #expect(share("a", [claim("a", holds: 0, uses: 0, wants: 1)]) == 8)
    #expect(share("a", [claim("a", holds: 8, uses: 3, wants: 3, next: nil)]) == 3)
  }

  @Test("a later run gets an equal share as tasks end, and an unused share goes to the other runs")
  func parts() {
    let first = claim("a", holds: 8, uses: 8, wants: 100)
    #expect(share("a", [first, claim("b", holds: 0, uses: 0, wants: 100)]) == 4)
    #expect(share("b", [first, claim("b", holds: 0, uses: 0, wants: 100)]) == 0)
    #expect(share("a", [first, claim("b", holds: 0, uses: 0, wants: 2)]) == 6)
    let released = claim("a", holds: 4, uses: 4, wants: 100)
    #expect(share("b", [released, claim("b", holds: 0, uses: 0, wants: 100)]) == 4)
    // Runs that want no more keep what they hold, and no run must release anything.
    #expect(
      share(
        "b", [claim("a", holds: 3, uses: 3, wants: 3, next: nil), claim("b", holds: 0, uses: 0, wants: 9)])
        == 5)
  }

  @Test("a task larger than its run's share starts in turn, and the other runs come first after that")
  func largeTask() {
    let small = claim("small", holds: 4, uses: 4, wants: 100, since: 20)
    let large = claim("large", holds: 4, uses: 0, wants: 8, next: 8, since: 10)
    #expect(share("small", [small, large]) == 0)
    // The large run has just started a task: the other run, which waits for its part, comes first.
    let waiting = claim("small", holds: 0, uses: 0, wants: 100, since: 20)
    let served = claim("large", holds: 8, uses: 8, wants: 16, next: 8, since: 30)
    // The share is less than what it uses: it starts nothing until a task has ended.
    #expect(share("large", [waiting, served]) == 4)
    #expect(share("small", [waiting, claim("large", holds: 4, uses: 0, wants: 8, next: 8, since: 30)]) == 4)
  }

  /// Runs with tasks of random sizes that update their claims in random order.
  private struct Machine {
    struct Run {
      var tasks: [HostAmount]
      var running: [(ends: Int, takes: HostAmount)] = []
      var claim: HostClaim
    }
    let total: HostAmount
    var runs: [Run]
    var time = 0

    mutating func settle(_ place: Int) {
      let now = time
      runs[place].running.removeAll { $0.ends <= now }
      var claim = runs[place].claim
      claim.uses = runs[place].running.reduce(.none) { $0 + $1.takes }
      claim.next = runs[place].tasks.last
      claim.wants = .least(runs[place].tasks.reduce(claim.uses) { $0 + $1 }, total)
      let others = runs.indices.filter { $0 != place }.map { runs[$0].claim }
      let share = HostClaim.share(of: claim.name, among: others + [claim], total: total)
      while let next = runs[place].tasks.last, share.admits(next, beside: claim.uses) {
        runs[place].tasks.removeLast()
        // Different durations, so that tasks do not end at the same time.
        runs[place].running.append((time + 3 + runs[place].tasks.count % 5, next))
        claim.uses = claim.uses + next
        claim.since = Int64(time)
        claim.next = runs[place].tasks.last
      }
      claim.holds = .most(share, claim.uses)
      runs[place].claim = claim
    }
  }

  @Test(
    "in any order of updates the machine is never overcommitted and every run progresses",
    arguments: 0..<200)
  func property(seed: UInt64) {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    func draw(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    let total = HostAmount(cores: 1 + draw(8), memory: 100)
    var machine = Machine(total: total, runs: [])
    for place in 0..<1 + draw(6) {
      let large = draw(2) == 0
      let tasks = (0..<5 + draw(30)).map { _ in
        HostAmount(cores: large ? 1 + draw(total.cores) : 1, memory: draw(3) == 0 ? Int64(draw(101)) : 0)
      }
      var claim = claim("\(place)", holds: 0, uses: 0, wants: 0)
      claim.since = Int64(place)
      machine.runs.append(Machine.Run(tasks: tasks, claim: claim))
    }
    let work = machine.runs.reduce(0) { $0 + $1.tasks.count }
    while machine.runs.contains(where: { !$0.tasks.isEmpty || !$0.running.isEmpty }) {
      machine.time += 1
      for _ in machine.runs.indices { machine.settle(draw(machine.runs.count)) }
      let held = machine.runs.reduce(HostAmount.none) { $0 + $1.claim.holds }
      let used = machine.runs.reduce(HostAmount.none) { $0 + $1.running.reduce(.none) { $0 + $1.takes } }
      #expect(total.covers(held) && total.covers(used), "\(total): held \(held), used \(used)")
      // One task after the other, each with at most 8 steps and a few updates in between, takes far less than this.
      guard machine.time < 40 * work + 100 else {
        Issue.record("after \(machine.time) steps: \(machine.runs.map(\.claim)) of \(total)")
        return
      }
    }
  }

  @Test("claims of ended runs are removed, and a folder that cannot be used is an error")
  func folder() throws {
    let path = NSTemporaryDirectory() + "/claims-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let first = try ClaimFolder(path, name: "a")
    var seen: [String] = []
    do {
      let second = try ClaimFolder(path, name: "b")
      #expect(second.exchange { _ in claim("b", holds: 2, uses: 1, wants: 3) })
      #expect(
        first.exchange {
          seen = $0.map(\.name)
          return claim("a", holds: 0, uses: 0, wants: 0)
        })
      #expect(seen == ["b"])
    }
    // A killed run leaves a file without a lock.
    try JSONEncoder().encode(claim("c", holds: 8, uses: 8, wants: 8)).write(
      to: URL(fileURLWithPath: path + "/c"))
    try Data("no claim".utf8).write(to: URL(fileURLWithPath: path + "/d"))
    #expect(
      first.exchange {
        seen = $0.map(\.name)
        return claim("a", holds: 0, uses: 0, wants: 0)
      })
    #expect(seen.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["a"])
    #expect(throws: POSIXError.self) { try ClaimFolder("/proc/none", name: "a") }
    #expect(throws: POSIXError.self) { try ClaimFolder(path, name: "a") }
  }

  @Test("creating a claim leaves no draft, and recent drafts of other runs are kept until they are old")
  func drafts() throws {
    let path = NSTemporaryDirectory() + "/claims-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = try ClaimFolder(path, name: "a")
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["a"])
    for name in [".fresh", ".old"] {
      #expect(FileManager.default.createFile(atPath: "\(path)/\(name)", contents: Data()))
    }
    var times = [timeval(tv_sec: time(nil) - 100, tv_usec: 0), timeval(tv_sec: time(nil) - 100, tv_usec: 0)]
    #expect(utimes("\(path)/.old", &times) == 0)
    #expect(folder.exchange { _ in claim("a", holds: 0, uses: 0, wants: 0) })
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: path)) == ["a", ".fresh"])
  }

  @Test("an exchange with a locked folder fails within 500 ms and reports the obstacle")
  func obstacles() throws {
    let path = NSTemporaryDirectory() + "/claims-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let folder = try ClaimFolder(path, name: "a")
    let lock = open(path, O_RDONLY | O_DIRECTORY)
    #expect(flock(lock, LOCK_EX) == 0)
    let began = Instant.now.monotonic
    #expect(!folder.exchange { _ in claim("a", holds: 0, uses: 0, wants: 0) })
    #expect(folder.obstacle == .locked && Instant.now.monotonic - began < 500)
    close(lock)
    #expect(folder.exchange { _ in claim("a", holds: 0, uses: 0, wants: 0) } && folder.obstacle == nil)
  }

  private func amount(_ cores: Int, _ memory: Int64 = 0) -> HostAmount {
    HostAmount(cores: cores, memory: memory)
  }

  @Test("a claim that no run on this machine can have made is invalid")
  func impossible() {
    let good = claim("a", holds: 8, uses: 8, wants: 8, next: 8, since: 100)
    let total = amount(8, 100)
    #expect(good.isPossible(within: total, now: 100))
    func isPossible(_ change: (inout HostClaim) -> Void) -> Bool {
      var other = good
      change(&other)
      return other.isPossible(within: total, now: 100)
    }
    for bad in [amount(9), amount(-1), amount(.max, .max), amount(.min, .min), amount(0, 101), amount(0, -1)]
    {
      #expect(!isPossible { $0.holds = bad } && !isPossible { $0.uses = bad })
      #expect(!isPossible { $0.wants = bad } && !isPossible { $0.next = bad })
    }
    #expect(
      !isPossible { $0.since = -1 } && !isPossible { $0.since = .max } && !isPossible { $0.since = 5000 })
    #expect(!isPossible { $0.workflow = String(repeating: "w", count: 4000) })
    #expect(amount(.max, .max) + amount(.max, 1) == amount(.max, .max))
    #expect(amount(.min, .min) - amount(1, .max) == amount(.min, .min))
    #expect(3 * amount(.max, 2) == amount(.max, 6))
    #expect(!amount(8, 8).admits(amount(.max, .max), beside: amount(.max, .max)))
  }

  @Test("users get equal shares, regardless of their number of runs")
  func users() {
    var claims = (0..<40).map { claim("other\($0)", holds: 0, uses: 0, wants: 8, since: 0) }
    for place in claims.indices { claims[place].user = 1 }
    claims.append(claim("own", holds: 0, uses: 0, wants: 8, since: 10))
    #expect(share("own", claims) == 4)
    claims.append(claim("second", holds: 0, uses: 0, wants: 8, since: 10))
    #expect(share("own", claims) == 2)
  }

  @Test("a claim of another user delays a run for at most one minute, and the run then keeps its share")
  func starvation() throws {
    try #require(geteuid() == 0, "only root can make another user's file")
    let path = NSTemporaryDirectory() + "/claims-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let machine = amount(8, 1000)
    var notices: [String] = []
    let admission = try HostAdmission(
      node: ClusterNode(name: "n", cores: 8, memory: 1000), machine: machine, folder: path, name: "a",
      workflow: "a")
    func hold(_ claim: HostClaim, _ user: uid_t) throws -> Int32 {
      let file = "\(path)/\(claim.name)"
      try JSONEncoder().encode(claim).write(to: URL(fileURLWithPath: file))
      #expect(chown(file, user, user) == 0)
      let descriptor = open(file, O_RDONLY)
      #expect(flock(descriptor, LOCK_EX) == 0)
      return descriptor
    }
    let other = try hold(claim("x", holds: 8, uses: 8, wants: 8, since: 0), 65534)
    let start = Instant.now.monotonic - 200_000
    func look(_ time: Int64, uses: Int = 0, next: HostAmount? = nil) -> HostAmount? {
      admission.look(
        HostDemand(uses: amount(uses), wants: amount(8), next: next ?? amount(1), starts: 0),
        now: start + time, notice: { notices.append($0) })
    }
    #expect(look(0)?.cores == 0 && look(59_000) == nil)
    #expect(look(60_000)?.cores == 4)
    #expect(notices.contains { $0.contains("this run takes its share") }, "\(notices)")
    // It keeps its part while its tasks run.
    #expect(look(61_000, uses: 4) == nil)
    close(other)
    #expect(look(62_000, uses: 4) == machine)
    // Claims of the user's own runs are respected without a time limit.
    let own = try hold(claim("y", holds: 8, uses: 8, wants: 8, since: 0), geteuid())
    defer { close(own) }
    #expect(look(63_000)?.cores == 0)
    #expect(look(183_000) == nil)
  }

  @Test("the kernel reports the available memory")
  func availableMemory() throws {
    #expect(try #require(AvailableMemory.bytes) > 1 << 20)
  }
}
