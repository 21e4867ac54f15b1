import CLinux
import Glibc

/// Spawner threads: each waits for the end of one short command, and starts the next one in its slot.
///
/// A thread that waits in the kernel for a child is woken on the processor where that has just ended, which has nothing
/// else to do: the next command starts there at once, and whoever runs on another processor is not disturbed. So there is
/// no use for more of them than there are processors: where more commands run, no processor waits for us. Where there is
/// one for each processor, each stays on its own: the kernel would now and then have it wait where another command runs.
extension Server {
  private static let processors = max(1, Int(clinux_allowed_processors()))

  /// The work of the spawners, and how many there are.
  struct Spawners {
    /// Commands that no spawner has taken yet.
    var untaken: [Command] = []
    /// Commands that are or will be waited for by one, and run.
    var attended = 0
    var count = 0
    var idle = 0
    /// How many of them are bound to a processor of their own.
    var bound = 0
  }

  /// Has a spawner wait for a command that has just started, where that is of use.
  func attend(_ command: Command) {
    guard commands.count <= Self.processors, queues.isAwaited(command.size) else { return }
    // A spawner whose command has ended is idle, or about to be.
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
        // One that cannot be bound is as good, and a little slower.
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
