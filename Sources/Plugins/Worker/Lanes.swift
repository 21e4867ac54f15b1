import WorkerProtocol

/// Commands by size: how many of each run, and which wait for one of them to end.
///
/// The driver hands over a few short commands ahead, so that a place that gets free is filled without asking. It says
/// how many places it has for the size; whoever of that size ends, the first that waits takes its place.
struct Lanes {
  struct Size: Hashable {
    var cores: Int64
    var memory: Int64
  }

  private struct Lane {
    var running = 0
    /// As the driver said last.
    var places = 0
    var waiting: [CommandOrder] = []
    /// Where `waiting` begins: what is before it has started.
    var first = 0

    mutating func next() -> CommandOrder? {
      guard first < waiting.count, running < places else { return nil }
      defer {
        first += 1
        if first == waiting.count || first > 64 {
          waiting.removeFirst(first)
          first = 0
        }
      }
      return waiting[first]
    }
  }

  private var lanes: [Size: Lane] = [:]

  mutating func wait(_ order: CommandOrder) { lanes[order.size, default: Lane()].waiting.append(order) }

  /// Takes note of what the driver says of a size.
  mutating func heed(_ order: CommandOrder) { lanes[order.size, default: Lane()].places = Int(order.places) }

  mutating func began(_ size: Size) { lanes[size, default: Lane()].running += 1 }
  mutating func ended(_ size: Size) { lanes[size, default: Lane()].running -= 1 }

  /// The next command of a size that has a place.
  mutating func next(_ size: Size) -> CommandOrder? {
    guard let place = lanes.index(forKey: size) else { return nil }
    return lanes.values[place].next()
  }

  /// Whether any waits for a place.
  func isAwaited(_ size: Size) -> Bool {
    guard let lane = lanes[size] else { return false }
    return lane.first < lane.waiting.count
  }

  /// Whether there is more to do for a while in any case, whatever the driver says: twelve for each place take longer
  /// than an end may wait (``Server/shortPatience``), unless they take less than a millisecond each.
  func isWellSupplied(_ size: Size) -> Bool {
    guard let lane = lanes[size] else { return false }
    return lane.waiting.count - lane.first > 12 * lane.running
  }

  /// Takes an instance out of those that wait.
  mutating func remove(_ instance: Int64) -> CommandOrder? {
    for (size, lane) in lanes {
      guard let place = lane.waiting[lane.first...].firstIndex(where: { $0.instance == instance }) else {
        continue
      }
      return lanes[size]?.waiting.remove(at: place)
    }
    return nil
  }

  /// Takes out all that wait.
  mutating func removeAll() -> [CommandOrder] {
    var removed: [CommandOrder] = []
    for (size, lane) in lanes {
      removed += lane.waiting[lane.first...]
      lanes[size]?.waiting = []
      lanes[size]?.first = 0
    }
    return removed
  }
}

extension CommandOrder {
  var size: Lanes.Size { Lanes.Size(cores: cores, memory: memory) }
}
