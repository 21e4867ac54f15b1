import CLinux
import Glibc

/// Spawner threads: each waits for the end of one short command and starts the next one in its slot.
///
/// A thread that waits in the kernel for a child is woken on the processor where the child has just ended, which is
/// idle. The next command starts there at once, without disturbing commands on other processors. More spawners than
/// processors are therefore useless: if more commands run than there are processors, no processor is idle. If there is
/// one spawner per processor, each is bound to its own processor; otherwise the kernel sometimes makes a spawner wait
/// where another command runs.
extension Server {
  private static let processors = max(1, Int(clinux_allowed_processors()))

  /// The commands of the spawners, and the number of spawners.
  struct Spawners {
    /// Commands that no spawner has taken.
    var untaken: [Command] = []
    /// The number of running commands that a spawner waits for or will wait for.
    var attended = 0
    var count = 0
    var idle = 0
    /// The number of spawners that are bound to a processor.
    var bound = 0
  }

  /// Has a spawner wait for a command that has just started, if that is useful.
  func attend(_ command: Command) {
    guard commands.count <= Self.processors, queues.isAwaited(command.size) else { return }
    // A spawner whose command has ended is idle or will soon be.
    if spawners.attended == spawners.count {
      guard spawners.count < Self.processors, startSpawner() else { return }
      spawners.count += 1
    }
    if spawners.idle > 0 { lock.signalWork() }
    command.isAttended = true
    spawners.attended += 1
    spawners.untaken.append(command)
  }

  private func startSpawner() -> Bool {
    var thread = pthread_t()
    let worked = pthread_create(
      &thread, nil, { Unmanaged<Server>.fromOpaque($0!).takeRetainedValue().runSpawner() },
      Unmanaged.passRetained(self).toOpaque())
    return worked == 0
  }

  private func runSpawner() -> Never {
    var isBound = Self.processors == 1
    lock.lock()
    while true {
      if !isBound, spawners.count == Self.processors {
        isBound = true
        // A spawner that cannot be bound works, too, only a little slower.
        _ = clinux_bind_thread(Int32(spawners.bound))
        spawners.bound += 1
      }
      while spawners.untaken.isEmpty {
        spawners.idle += 1
        lock.waitForWork()
        spawners.idle -= 1
      }
      let command = spawners.untaken.removeFirst()
      guard command.isAttended else { continue }
      lock.unlock()
      clinux_await_end(command.process)
      lock.lock()
      takeEnd(of: command)
    }
  }
}
