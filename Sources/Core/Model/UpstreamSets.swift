/// Sets of tasks, interned by content: a set that a thousand tasks share is stored once.
///
/// The members of all sets are stored in one flat array, sorted and without duplicates in each set, so a million sets
/// need no million objects.
public struct UpstreamSets: Hashable, Codable, Sendable {
  /// A set's id: its number among the distinct sets in the order of insertion, from 1. Valid only for the value that
  /// returned it.
  public typealias ID = Int32
  /// The empty set, which always exists.
  public static let empty: ID = 0

  /// Set k's members are `members[offsets[k]..<offsets[k + 1]]`.
  public private(set) var offsets: [Int]
  /// The members of all sets, one set after the other. Each set's members are sorted and unique.
  public private(set) var members: [TaskIndex]
  /// A hash table with open addressing: ids at the slot of their content's hash or after it; 0 if a slot is empty. The
  /// number of slots is a power of two, and at most half of them are used. Contains the sets below ``indexed``.
  private var slots: [ID] = []
  private var indexed: ID = 0

  /// Creates a value that contains only the empty set.
  public init() {
    offsets = [0, 0]
    members = []
  }

  /// Number of sets, including the empty one.
  public var count: Int { offsets.count - 1 }

  /// The members of a set, sorted. The id must be one that this value returned.
  public subscript(id: ID) -> ArraySlice<TaskIndex> { members[offsets[Int(id)]..<offsets[Int(id) + 1]] }

  /// The id of the set with these members, in any order. Duplicates are ignored.
  public mutating func insert(_ tasks: some Sequence<TaskIndex>) -> ID {
    var sorted = Array(tasks)
    if !zip(sorted, sorted.dropFirst()).allSatisfy({ $0 < $1 }) {
      sorted.sort()
      var last: TaskIndex?
      sorted.removeAll { task in
        defer { last = task }
        return task == last
      }
    }
    return insert(sortedUnique: sorted)
  }

  /// The same for members that are sorted and unique.
  public mutating func insert(sortedUnique tasks: [TaskIndex]) -> ID {
    if tasks.isEmpty { return Self.empty }
    makeRoom()
    let slot = slot(of: tasks[...])
    if slots[slot] != Self.empty { return slots[slot] }
    let id = append(sortedUnique: tasks)
    slots[slot] = id
    indexed = id + 1
    return id
  }

  /// Adds a set that is known to be new. The store uses it to load sets that were interned before they were saved.
  @discardableResult
  public mutating func append(sortedUnique tasks: some Collection<TaskIndex>) -> ID {
    members.append(contentsOf: tasks)
    offsets.append(members.count)
    return ID(count - 1)
  }

  /// Updates the table, and makes room for one more set.
  private mutating func makeRoom() {
    if 2 * (count + 1) > slots.count {
      var size = 64
      while size < 4 * (count + 1) { size *= 2 }
      slots = Array(repeating: Self.empty, count: size)
      indexed = 0
    }
    while indexed < count {
      if indexed != Self.empty { slots[slot(of: self[indexed])] = indexed }
      indexed += 1
    }
  }

  /// The slot of the set with these members, or the empty slot for it.
  private func slot(of tasks: ArraySlice<TaskIndex>) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: Self.contentHash(tasks)) & mask
    while slots[slot] != Self.empty, !self[slots[slot]].elementsEqual(tasks) {
      slot = (slot + 1) & mask
    }
    return slot
  }

  /// Each member is mixed in by a multiplication whose high half is combined with the low half (as in wyhash).
  private static func contentHash(_ tasks: ArraySlice<TaskIndex>) -> UInt64 {
    var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
    for task in tasks {
      let product = (hash ^ UInt64(UInt32(bitPattern: task))).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
      hash = product.high ^ product.low &+ 0x9E37_79B9_7F4A_7C15
    }
    return hash
  }

  /// Whether both have the same sets with the same ids.
  public static func == (left: UpstreamSets, right: UpstreamSets) -> Bool {
    left.offsets == right.offsets && left.members == right.members
  }

  /// Hashes the sets in the order of their ids.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(offsets)
    hasher.combine(members)
  }

  private enum CodingKeys: CodingKey { case offsets, members }
}
