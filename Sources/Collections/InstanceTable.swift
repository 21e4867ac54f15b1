/// A table of values by task instance id, in no order.
///
/// A dictionary uses a keyed hash, which protects against chosen ids; with it, lookups took 4 % of a simulated run.
/// Instance ids are assigned in order, so one multiplication spreads them well enough. Inlinable and public, so that it
/// is specialized for its values in other modules.
public struct InstanceTable<Value: Sendable>: Sendable {
  /// Indices in ``ids``; -1 if a slot is empty. Open addressing; the size is a power of two, and at most half of it is
  /// used.
  @usableFromInline var slots: [Int32] = Array(repeating: -1, count: 16)
  @usableFromInline var shift: UInt64 = 60
  @usableFromInline var ids: [Int64] = []
  /// In the order of ``ids``. Values may be changed, but not added or removed.
  public var values: [Value] = []

  /// Creates an empty table.
  @inlinable public init() {}

  /// Creates an empty table with room for a number of instances.
  ///
  /// - Parameter capacity: the number of instances that fit without growing.
  @inlinable public init(capacity: Int) {
    while slots.count < 2 * capacity { grow() }
    ids.reserveCapacity(capacity)
    values.reserveCapacity(capacity)
  }

  /// Whether the table is empty.
  @inlinable public var isEmpty: Bool { ids.isEmpty }
  /// Number of instances in the table.
  @inlinable public var count: Int { ids.count }

  /// The index of an instance's value in ``values``, valid until an instance is added or removed; nil if it is not in
  /// the table.
  @inlinable public func index(of id: Int64) -> Int? {
    let index = slots[slot(of: id)]
    return index < 0 ? nil : Int(index)
  }

  /// The value of an instance; nil if it is not in the table. Setting nil removes it, and may move another value to its
  /// index.
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

  /// Removes an instance and returns its value; nil if it was not in the table. The last of ``values`` moves to its
  /// index.
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

  /// The ids of the instances whose values satisfy a condition, in no order.
  @inlinable public func filter(_ isWanted: (Value) -> Bool) -> [Int64] {
    ids.indices.filter { isWanted(values[$0]) }.map { ids[$0] }
  }

  /// The slot at which the search for an id begins: the highest bits of its product with the golden ratio.
  @inlinable @inline(__always) func home(of id: Int64) -> Int {
    Int(truncatingIfNeeded: (UInt64(bitPattern: id) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  /// The slot that contains an id, or the empty slot where it would be inserted.
  @inlinable @inline(__always) func slot(of id: Int64) -> Int {
    let mask = slots.count - 1
    var slot = home(of: id)
    while slots[slot] >= 0, ids[Int(slots[slot])] != id { slot = (slot + 1) & mask }
    return slot
  }

  /// Empties a slot, and moves entries behind it that were displaced into the gap.
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
