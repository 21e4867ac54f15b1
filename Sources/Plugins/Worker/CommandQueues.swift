import WorkerProtocol

/// A queue of commands for each size: how many of them run, and which wait for one of them to end.
///
/// The driver sends a few short commands ahead, so that a free slot is filled without asking the driver. It says how
/// many slots there are for the size. When a command ends, the first waiting command of its size gets the slot.
struct CommandQueues {
  struct Size: Hashable {
    var cores: Int64
    var memory: Int64
  }

  private struct Queue {
    var running = 0
    /// The latest number from the driver.
    var slots = 0
    var waiting: [CommandOrder] = []
    /// The index of the first command in `waiting` that has not started.
    var first = 0

    mutating func next() -> CommandOrder? {
      guard first < waiting.count, running < slots else { return nil }
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

  private var queues: [Size: Queue] = [:]

  mutating func wait(_ order: CommandOrder) { queues[order.size, default: Queue()].waiting.append(order) }

  /// Sets the number of slots for a size to the one that the driver has sent.
  mutating func setSlots(from order: CommandOrder) {
    queues[order.size, default: Queue()].slots = Int(order.slots)
  }

  mutating func began(_ size: Size) { queues[size, default: Queue()].running += 1 }
  mutating func ended(_ size: Size) { queues[size, default: Queue()].running -= 1 }

  /// The next waiting command of a size, if a slot is free.
  mutating func next(_ size: Size) -> CommandOrder? {
    guard let index = queues.index(forKey: size) else { return nil }
    return queues.values[index].next()
  }

  /// Whether any command of this size waits for a slot.
  func isAwaited(_ size: Size) -> Bool {
    guard let queue = queues[size] else { return false }
    return queue.first < queue.waiting.count
  }

  /// Whether there is enough to do for a while without the driver. Twelve commands per slot take longer than an end may
  /// wait (``Server/shortPatience``), unless each takes less than a millisecond.
  func isWellSupplied(_ size: Size) -> Bool {
    guard let queue = queues[size] else { return false }
    return queue.waiting.count - queue.first > 12 * queue.running
  }

  /// Removes a waiting instance.
  mutating func remove(_ instance: Int64) -> CommandOrder? {
    for (size, queue) in queues {
      guard let index = queue.waiting[queue.first...].firstIndex(where: { $0.instance == instance }) else {
        continue
      }
      return queues[size]?.waiting.remove(at: index)
    }
    return nil
  }

  /// Removes all waiting instances.
  mutating func removeAll() -> [CommandOrder] {
    var removed: [CommandOrder] = []
    for (size, queue) in queues {
      removed += queue.waiting[queue.first...]
      queues[size]?.waiting = []
      queues[size]?.first = 0
    }
    return removed
  }
}

extension CommandOrder {
  var size: CommandQueues.Size { CommandQueues.Size(cores: cores, memory: memory) }
}
