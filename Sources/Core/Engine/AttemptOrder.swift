/// An order of changes in which those of one attempt stand together, and attempts of neighbouring tasks near each other.
///
/// A wave of attempts is recorded as all that are made, then all that have started, then all that have ended. Cut into
/// transactions like that, each attempt's row would be written in three of them, and each of them would write to most
/// pages of the tables. An attempt still comes after those that its task waits for: at no time is a task committed that
/// has begun before what it waits for was done.
struct AttemptOrder: Sendable {
  /// Each task's place in an order of the DAG; nil: its number.
  private let places: [Int32]?

  init(_ graph: TaskGraph) { places = graph.places }

  /// The changes in this order; nil where tasks change without an attempt among them: that is rare, and what came
  /// before it, and after it, stays so.
  func queue(_ transitions: [Transition]) -> Queue? {
    let hasTasks = transitions.contains { if case .tasks = $0 { true } else { false } }
    return hasTasks ? nil : Queue(transitions, places: places)
  }

  /// Changes that are taken attempt by attempt.
  struct Queue {
    private let transitions: [Transition]
    /// Attempts that are spoken of, by a number that they have here.
    private var numbers = InstanceTable<Int32>()
    /// The attempts in their order.
    private var order: [Int32] = []
    /// By attempt: its place in the order, how many changes it has, and where `uses` has the first of them.
    private var rank: [Int32] = []
    private var changes: [Int32] = []
    private var firstUse: [Int32] = []
    /// Places in `transitions`, attempt by attempt.
    private var uses: [Int32] = []
    /// Batches: they come first.
    private var batches: [Int32] = []
    private var taken = 0

    var isEmpty: Bool { taken == order.count && batches.isEmpty }

    fileprivate init(_ transitions: [Transition], places: [Int32]?) {
      self.transitions = transitions
      // Where no task is told, none of what its attempt waited for is here: first of all.
      var placeOf: [Int32] = []
      var useCount: [Int32] = []
      for (place, transition) in transitions.enumerated() {
        if case .batch = transition { batches.append(Int32(place)) }
        let each = Int32(transition.changesPerAttempt)
        transition.eachAttempt { instance, task in
          let number: Int
          if let known = numbers[instance] {
            number = Int(known)
          } else {
            number = placeOf.count
            numbers[instance] = Int32(number)
            placeOf.append(-1)
            useCount.append(0)
            changes.append(0)
          }
          if let task { placeOf[number] = places?[Int(task)] ?? task }
          useCount[number] += 1
          changes[number] += each
        }
      }
      // Several attempts of one task stay in their order.
      order = placeOf.indices.map { Int64(placeOf[$0]) << 32 | Int64($0) }.sorted().map {
        Int32(truncatingIfNeeded: $0)
      }
      rank = useCount
      for (place, number) in order.enumerated() { rank[Int(number)] = Int32(place) }
      firstUse = [0]
      for count in useCount { firstUse.append(firstUse.last! + count) }
      uses = Array(repeating: 0, count: Int(firstUse.last!))
      var next = firstUse
      for (place, transition) in transitions.enumerated() {
        transition.eachAttempt { instance, _ in
          let number = Int(numbers[instance]!)
          uses[Int(next[number])] = Int32(place)
          next[number] += 1
        }
      }
    }

    /// Takes the next attempts, at least one where one is left: what is said of them, in the order in which it was recorded.
    ///
    /// - Parameter limit: how many changes to take at most.
    mutating func next(_ limit: Int) -> [Transition] {
      var places = batches
      batches = []
      var count = places.count
      let first = taken
      while taken < order.count {
        let number = Int(order[taken])
        count += Int(changes[number])
        if count > limit, taken > first { break }
        places += uses[Int(firstUse[number])..<Int(firstUse[number + 1])]
        taken += 1
      }
      places.sort()
      let wanted = first..<taken
      var slice: [Transition] = []
      slice.reserveCapacity(places.count)
      var last: Int32 = -1
      for place in places where place != last {
        last = place
        slice.append(transitions[Int(place)].only { wanted.contains(Int(rank[Int(numbers[$0]!)])) }!)
      }
      return slice
    }
  }
}

/// Keeps changes of attempts that have not ended until the next commit: most have by then, and are written once.
struct OpenAttempts {
  private var held: [Transition] = []

  /// Takes what was recorded since the last commit.
  ///
  /// - Parameter isComplete: whether nothing is held any longer.
  /// - Returns: what was held since then, and what cannot wait: whatever has ended, with all that is said of it.
  mutating func exchange(_ transitions: [Transition], isComplete: Bool) -> [Transition] {
    var ready = held
    held = []
    if isComplete { return ready + transitions }
    /// Of those that were made since the last commit: whether they are open.
    var isOpen = InstanceTable<Bool>()
    for transition in transitions {
      switch transition {
      case .instantiated(_, let attempts, _): for attempt in attempts { isOpen[attempt.instance] = true }
      case .ended(let end):
        if let place = isOpen.place(of: end.instance) { isOpen.values[place] = false }
      default: break
      }
    }
    for transition in transitions {
      if let part = transition.only({ !(isOpen[$0] ?? false) }) { ready.append(part) }
      if transition.isOfAttempts, let part = transition.only({ isOpen[$0] ?? false }) { held.append(part) }
    }
    return ready
  }
}

extension Transition {
  fileprivate var isOfAttempts: Bool {
    switch self {
    case .batch, .tasks: false
    default: true
    }
  }

  /// Of its ``changeCount``.
  fileprivate var changesPerAttempt: Int {
    switch self {
    case .started, .ended: 2
    default: 1
    }
  }

  /// Tells of which attempts something is said, and of their tasks, where it says so.
  fileprivate func eachAttempt(_ body: (TaskInstanceID, TaskIndex?) -> Void) {
    switch self {
    case .instantiated(_, let attempts, _): for attempt in attempts { body(attempt.instance, attempt.task) }
    case .launched(_, let instances, _, _), .adopted(let instances), .waiting(let instances, _):
      for instance in instances { body(instance, nil) }
    case .started(let instance, let task, _, _): body(instance, task)
    case .ended(let end): body(end.instance, end.task)
    case .usage(let instance, _): body(instance, nil)
    case .batch, .tasks: break
    }
  }

  /// What it says of some attempts; nil: nothing. What it says of no attempt stays.
  fileprivate func only(_ isWanted: (TaskInstanceID) -> Bool) -> Transition? {
    func only<Item>(_ items: [Item], _ instance: (Item) -> TaskInstanceID, _ make: ([Item]) -> Transition)
      -> Transition?
    {
      let wanted = items.filter { isWanted(instance($0)) }
      return wanted.isEmpty ? nil : wanted.count == items.count ? self : make(wanted)
    }
    switch self {
    case .instantiated(let batch, let attempts, let at):
      return only(attempts, \.instance) { .instantiated(batch: batch, $0, at: at) }
    case .launched(let batch, let instances, let handle, let at):
      return only(instances, { $0 }) { .launched(batch: batch, $0, handle: handle, at: at) }
    case .adopted(let instances): return only(instances, { $0 }) { .adopted($0) }
    case .waiting(let instances, let reason): return only(instances, { $0 }) { .waiting($0, reason: reason) }
    case .started(let instance, _, _, _), .usage(let instance, _): return isWanted(instance) ? self : nil
    case .ended(let end): return isWanted(end.instance) ? self : nil
    case .batch, .tasks: return self
    }
  }
}
