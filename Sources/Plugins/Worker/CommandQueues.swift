import WorkerProtocol

/// A queue of commands for each size: how many of them run, and which wait for one of them to end.
///
/// The driver sends a few short commands ahead, so that a slot that gets free is filled without asking. It says how many
/// slots there are for the size. When a command ends, the first command of its size that waits gets the slot.
struct CommandQueues {
  struct Size: Hashable {
    var cores: Int64
    var memory: Int64
  }

  private struct Queue {
    var running = 0
    /// As the driver said last.
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

  /// Takes over the number of slots that the driver has sent for a size.
  mutating func setSlots(from order: CommandOrder) {
    queues[order.size, default: Queue()].slots = Int(order.slots)
  }

  mutating func began(_ size: Size) { queues[size, default: Queue()].running += 1 }
  mutating func ended(_ size: Size) { queues[size, default: Queue()].running -= 1 }

  /// The next command of a size for which there is a slot.
  mutating func next(_ size: Size) -> CommandOrder? {
    guard let index = queues.index(forKey: size) else { return nil }
    return queues.values[index].next()
  }

  /// Whether any waits for a slot.
  func isAwaited(_ size: Size) -> Bool {
    guard let queue = queues[size] else { return false }
    return queue.first < queue.waiting.count
  }

  /// Whether there is more to do for a while in any case, whatever the driver says: twelve for each slot take longer
  /// than an end may wait (``Server/shortPatience``), unless they take less than a millisecond each.
  func isWellSupplied(_ size: Size) -> Bool {
    guard let queue = queues[size] else { return false }
    return queue.waiting.count - queue.first > 12 * queue.running
  }

  /// Takes an instance out of those that wait.
  mutating func remove(_ instance: Int64) -> CommandOrder? {
    for (size, queue) in queues {
      guard let index = queue.waiting[queue.first...].firstIndex(where: { $0.instance == instance }) else {
        continue
      }
      return queues[size]?.waiting.remove(at: index)
    }
    return nil
  }

  /// Takes out all that wait.
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
