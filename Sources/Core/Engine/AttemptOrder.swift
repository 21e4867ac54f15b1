import JobmonCollections
import JobmonGraph
import JobmonModel
import JobmonStore

/// An order of changes that groups the changes of each attempt, and places attempts of neighbouring tasks together.
///
/// The engine records the attempts of a wave as all created, then all started, then all ended. Transactions cut from
/// that sequence would write each attempt's row three times, and each transaction would touch most pages of the tables.
/// An attempt still follows the attempts of its upstreams: no committed state contains a task that started before its
/// upstreams were done.
struct AttemptOrder: Sendable {
  /// Each task's position in a topological order of the DAG; nil means its index.
  private let positions: [Int32]?

  init(_ graph: TaskGraph) { positions = graph.positions }

  /// The changes in this order; nil if tasks change without an attempt. That is rare, and such changes must stay in the
  /// recorded order.
  func queue(_ transitions: [Transition]) -> Queue? {
    let hasTasks = transitions.contains {
      switch $0 {
      case .tasks, .rerun: true
      default: false
      }
    }
    return hasTasks ? nil : Queue(transitions, positions: positions)
  }

  /// Changes that are taken one attempt at a time.
  struct Queue: Sendable {
    private let transitions: [Transition]
    /// By transition: the index in `attempts` of its first attempt; one additional entry at the end.
    private var firstAttempt: [Int32] = [0]
    /// For each transition in turn, the local numbers of its attempts.
    private var attempts: [Int32] = []
    /// The attempts, sorted.
    private var order: [Int32] = []
    /// By attempt: its position in the order, its number of changes, and the index in `uses` of its first change;
    /// `firstUse` has one additional entry at the end.
    private var rank: [Int32] = []
    private var changes: [Int32] = []
    private var firstUse: [Int32] = [0]
    /// For each attempt in turn, the transitions that contain it.
    private var uses: [Int32] = []
    /// By transition: whether it is in the next slice. Batches are in the first slice.
    private var isWanted: [Bool]
    private var batches = 0
    private var taken = 0

    var isEmpty: Bool { taken == order.count && batches == 0 }

    fileprivate init(_ transitions: [Transition], positions: [Int32]?) {
      self.transitions = transitions
      isWanted = Array(repeating: false, count: transitions.count)
      var numbers = InstanceTable<Int32>(capacity: transitions.count / 2)
      // If an attempt's task is unknown, its upstreams have no changes here, so it goes first.
      var positionOf: [Int32] = []
      var useCount: [Int32] = []
      for (index, transition) in transitions.enumerated() {
        if case .batch = transition {
          isWanted[index] = true
          batches += 1
        }
        let each = Int32(transition.changesPerAttempt)
        transition.eachAttempt { instance, task in
          let number: Int
          if let known = numbers[instance] {
            number = Int(known)
          } else {
            number = positionOf.count
            numbers[instance] = Int32(number)
            positionOf.append(-1)
            useCount.append(0)
            changes.append(0)
          }
          if let task { positionOf[number] = positions?[Int(task)] ?? task }
          useCount[number] += 1
          changes[number] += each
          attempts.append(Int32(number))
        }
        firstAttempt.append(Int32(attempts.count))
      }
      // Several attempts of one task keep their order.
      order = positionOf.indices.map { Int64(positionOf[$0]) << 32 | Int64($0) }.sorted()
        .map { Int32(truncatingIfNeeded: $0) }
      rank = useCount
      for (position, number) in order.enumerated() { rank[Int(number)] = Int32(position) }
      for count in useCount { firstUse.append(firstUse.last! + count) }
      uses = attempts
      var next = firstUse
      for index in transitions.indices {
        for number in attempts[Int(firstAttempt[index])..<Int(firstAttempt[index + 1])] {
          uses[Int(next[Int(number)])] = Int32(index)
          next[Int(number)] += 1
        }
      }
    }

    /// Takes the changes of the next attempts, in the order in which they were recorded. Takes at least one attempt if
    /// any are left.
    ///
    /// - Parameter limit: the maximum number of changes.
    mutating func next(_ limit: Int) -> [Transition] {
      var count = batches
      batches = 0
      let first = taken
      while taken < order.count {
        let number = Int(order[taken])
        count += Int(changes[number])
        if count > limit, taken > first { break }
        for use in Int(firstUse[number])..<Int(firstUse[number + 1]) { isWanted[Int(uses[use])] = true }
        taken += 1
      }
      let wanted = Int32(first)..<Int32(taken)
      var slice: [Transition] = []
      for index in transitions.indices where isWanted[index] {
        isWanted[index] = false
        let start = Int(firstAttempt[index])
        slice.append(
          transitions[index].cut { item, _ in wanted.contains(rank[Int(attempts[start + item])]) }.wanted!)
      }
      return slice
    }
  }
}

/// Holds the changes of unfinished attempts until the next commit. Most have finished by then and are written only
/// once.
struct OpenAttempts {
  private var held: [Transition] = []

  /// Takes what was recorded since the last commit.
  ///
  /// - Parameter isComplete: whether to hold nothing back.
  /// - Returns: the changes held before, and all new changes except those of unfinished attempts created since the last
  ///   commit.
  mutating func exchange(_ transitions: [Transition], isComplete: Bool) -> [Transition] {
    var ready = held
    held = []
    if isComplete { return ready + transitions }
    /// Attempts created since the last commit: whether they are unfinished.
    var isOpen = InstanceTable<Bool>()
    for transition in transitions {
      switch transition {
      case .instantiated(_, let attempts, _): for attempt in attempts { isOpen[attempt.instance] = true }
      case .ended(let end):
        if let index = isOpen.index(of: end.instance) { isOpen.values[index] = false }
      default: break
      }
    }
    for transition in transitions {
      let parts = transition.cut { _, instance in !(isOpen[instance] ?? false) }
      if let part = parts.wanted { ready.append(part) }
      if let part = parts.rest { held.append(part) }
    }
    return ready
  }
}

extension Transition {
  /// The part of ``changeCount`` for each attempt.
  fileprivate var changesPerAttempt: Int {
    switch self {
    case .started, .ended: 2
    default: 1
    }
  }

  /// Calls `body` with each attempt in this transition, and with its task if known.
  fileprivate func eachAttempt(_ body: (TaskInstanceID, TaskIndex?) -> Void) {
    switch self {
    case .instantiated(_, let attempts, _): for attempt in attempts { body(attempt.instance, attempt.task) }
    case .launched(_, let launches, _, _): for launch in launches { body(launch.instance, launch.task) }
    case .adopted(let instances), .waiting(let instances, _):
      for instance in instances { body(instance, nil) }
    case .started(let instance, let task, _, _): body(instance, task)
    case .ended(let end): body(end.instance, end.task)
    case .usage(let instance, _): body(instance, nil)
    case .batch, .tasks, .rerun: break
    }
  }

  /// Splits this transition into the changes of wanted attempts and the rest; nil if a part is empty. A transition
  /// without attempts is wanted.
  ///
  /// - Parameter isWanted: called with the attempt's index in this transition, and the attempt.
  fileprivate func cut(_ isWanted: (Int, TaskInstanceID) -> Bool) -> (wanted: Transition?, rest: Transition?)
  {
    func cut<Item>(_ items: [Item], _ instance: (Item) -> TaskInstanceID, _ make: ([Item]) -> Transition)
      -> (wanted: Transition?, rest: Transition?)
    {
      var (wanted, rest): ([Item], [Item]) = ([], [])
      for (index, item) in items.enumerated() {
        if isWanted(index, instance(item)) { wanted.append(item) } else { rest.append(item) }
      }
      if rest.isEmpty { return (self, nil) }
      return (wanted.isEmpty ? nil : make(wanted), make(rest))
    }
    switch self {
    case .instantiated(let batch, let attempts, let at):
      return cut(attempts, \.instance) { .instantiated(batch: batch, $0, at: at) }
    case .launched(let batch, let launches, let handle, let at):
      return cut(launches, \.instance) { .launched(batch: batch, $0, handle: handle, at: at) }
    case .adopted(let instances): return cut(instances, \.self) { .adopted($0) }
    case .waiting(let instances, let reason): return cut(instances, \.self) { .waiting($0, reason: reason) }
    case .started(let instance, _, _, _), .usage(let instance, _):
      return isWanted(0, instance) ? (self, nil) : (nil, self)
    case .ended(let end): return isWanted(0, end.instance) ? (self, nil) : (nil, self)
    case .batch, .tasks, .rerun: return (self, nil)
    }
  }
}
