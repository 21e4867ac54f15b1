/// Sets of tasks, interned by content: a set that a thousand tasks wait for is kept once.
///
/// Members are kept sorted and without repeats in one flat array, so a million sets cost a million small slices and
/// no million objects.
public struct UpstreamSets: Hashable, Codable, Sendable {
  public typealias ID = Int32
  /// The set without members, always present.
  public static let empty: ID = 0

  /// Set k's members are `members[offsets[k]..<offsets[k + 1]]`.
  public private(set) var offsets: [Int]
  public private(set) var members: [TaskIndex]
  /// Content hash to the latest set that has it; `older` leads on to the ones before. Filled on the first insert.
  private var latest: [Int: ID] = [:]
  private var older: [ID] = []

  public init() {
    offsets = [0, 0]
    members = []
  }

  /// How many sets there are, the empty one included.
  public var count: Int { offsets.count - 1 }

  public subscript(id: ID) -> ArraySlice<TaskIndex> { members[offsets[Int(id)]..<offsets[Int(id) + 1]] }

  /// The id of the set with these members, in whatever order and however often they are named.
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

  /// The same for members that are already sorted and unique.
  public mutating func insert(sortedUnique tasks: [TaskIndex]) -> ID {
    if tasks.isEmpty { return Self.empty }
    while older.count < count { index(ID(older.count)) }
    var candidate = latest[Self.contentHash(tasks), default: Self.empty]
    while candidate != Self.empty {
      if self[candidate].elementsEqual(tasks) { return candidate }
      candidate = older[Int(candidate)]
    }
    let id = append(sortedUnique: tasks)
    index(id)
    return id
  }

  /// Adds a set that is known to be new, as the store does when it loads what was interned before it was saved.
  @discardableResult
  public mutating func append(sortedUnique tasks: some Collection<TaskIndex>) -> ID {
    members.append(contentsOf: tasks)
    offsets.append(members.count)
    return ID(count - 1)
  }

  private mutating func index(_ id: ID) {
    let hash = Self.contentHash(self[id])
    older.append(latest[hash, default: Self.empty])
    if id != Self.empty { latest[hash] = id }
  }

  private static func contentHash(_ tasks: some Collection<TaskIndex>) -> Int {
    var hasher = Hasher()
    for task in tasks { hasher.combine(task) }
    return hasher.finalize()
  }

  public static func == (left: UpstreamSets, right: UpstreamSets) -> Bool {
    left.offsets == right.offsets && left.members == right.members
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(offsets)
    hasher.combine(members)
  }

  private enum CodingKeys: CodingKey { case offsets, members }
}
