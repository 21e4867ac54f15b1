/// What is kept of task instances, by id; in no order.
///
/// A dictionary's keyed hash guards against ids that somebody chooses; with it, looking instances up was 4 % of a
/// simulated run. These ids are handed out in order, and one multiplication spreads them. Inlinable and public, so that it
/// is made for its values in other modules.
public struct InstanceTable<Value: Sendable>: Sendable {
  /// Indices in ``ids``, and -1 where none is: open addressing, a power of two, at most half full.
  @usableFromInline var slots: [Int32] = Array(repeating: -1, count: 16)
  @usableFromInline var shift: UInt64 = 60
  @usableFromInline var ids: [Int64] = []
  /// In the order of ``ids``; values may be changed, not added or removed.
  public var values: [Value] = []

  /// Makes an empty table.
  @inlinable public init() {}

  /// - Parameter capacity: for how many there is to be room at once.
  @inlinable public init(capacity: Int) {
    while slots.count < 2 * capacity { grow() }
    ids.reserveCapacity(capacity)
    values.reserveCapacity(capacity)
  }

  /// Whether nothing is kept.
  @inlinable public var isEmpty: Bool { ids.isEmpty }
  /// How many instances are kept.
  @inlinable public var count: Int { ids.count }

  /// Where an instance's value is until one is removed or added; nil: nowhere.
  @inlinable public func index(of id: Int64) -> Int? {
    let index = slots[slot(of: id)]
    return index < 0 ? nil : Int(index)
  }

  /// The value of an instance; nil: it is not kept. Setting nil removes it, and may move another to its index.
  @inlinable public subscript(id: Int64) -> Value? {
    get { index(of: id).map { values[$0] } }
    set {
      guard let newValue else {
        _ = removeValue(forKey: id)
        return
      }
      if let index = index(of: id) {
        values[index] = newValue
        return
      }
      if 2 * (ids.count + 1) > slots.count { grow() }
      slots[slot(of: id)] = Int32(ids.count)
      ids.append(id)
      values.append(newValue)
    }
  }

  /// Removes an instance and returns its value; nil where it was not kept. The last of ``values`` moves to its index.
  @inlinable public mutating func removeValue(forKey id: Int64) -> Value? {
    let freed = slot(of: id)
    guard slots[freed] >= 0 else { return nil }
    let index = Int(slots[freed])
    // The last one moves to its index.
    let last = ids.count - 1
    if index != last {
      slots[slot(of: ids[last])] = Int32(index)
      ids.swapAt(index, last)
      values.swapAt(index, last)
    }
    close(freed)
    ids.removeLast()
    return values.removeLast()
  }

  /// The ids of the instances whose values are wanted, in no order.
  @inlinable public func filter(_ isWanted: (Value) -> Bool) -> [Int64] {
    ids.indices.filter { isWanted(values[$0]) }.map { ids[$0] }
  }

  /// Where an id begins to be looked for: the highest bits of a product with the golden ratio.
  @inlinable @inline(__always) func home(of id: Int64) -> Int {
    Int(truncatingIfNeeded: (UInt64(bitPattern: id) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  /// The slot that holds an id, or would.
  @inlinable @inline(__always) func slot(of id: Int64) -> Int {
    let mask = slots.count - 1
    var slot = home(of: id)
    while slots[slot] >= 0, ids[Int(slots[slot])] != id { slot = (slot + 1) & mask }
    return slot
  }

  /// Empties a slot, and moves into the gap what stands behind it only because it was taken.
  @inlinable mutating func close(_ freed: Int) {
    let mask = slots.count - 1
    var gap = freed
    var slot = (gap + 1) & mask
    while slots[slot] >= 0 {
      let home = home(of: ids[Int(slots[slot])])
      if (slot - home) & mask >= (slot - gap) & mask {
        slots[gap] = slots[slot]
        gap = slot
      }
      slot = (slot + 1) & mask
    }
    slots[gap] = -1
  }

  @inlinable mutating func grow() {
    slots = Array(repeating: -1, count: 2 * slots.count)
    shift -= 1
    for index in ids.indices { slots[slot(of: ids[index])] = Int32(index) }
  }
}
