import CLinux
import Glibc

/// Threads that wait for one command each, where commands are so short that others wait for their places.
///
/// A thread that waits in the kernel for a child is woken on the processor where that has just ended, which has nothing
/// else to do: the next command starts there at once, and whoever runs on another processor is not disturbed. So there is
/// no use for more of them than there are processors: where more commands run, no processor waits for us. Where there is
/// one for each processor, each stays on its own: the kernel would now and then have it wait where another command runs.
extension Server {
  private static let processors = max(1, Int(clinux_allowed_processors()))

  /// What the hands have to do, and how many there are.
  struct Hands {
    /// Commands that no hand has taken yet.
    var untaken: [Command] = []
    /// Commands that are or will be waited for by one, and run.
    var attended = 0
    var count = 0
    var idle = 0
    /// How many of them were told to stay on a processor of their own.
    var bound = 0
  }

  /// Has a hand wait for a command that has just started, if one can be of use.
  func attend(_ command: Command) {
    guard commands.count <= Self.processors, lanes.isAwaited(command.size) else { return }
    // A hand whose command has ended is idle, or on its way.
    if hands.attended == hands.count {
      guard hands.count < Self.processors, startHand() else { return }
      hands.count += 1
    }
    if hands.idle > 0 { turn.tellNews() }
    command.isAttended = true
    hands.attended += 1
    hands.untaken.append(command)
  }

  private func startHand() -> Bool {
    var thread = pthread_t()
    let worked = pthread_create(
      &thread, nil, { Unmanaged<Server>.fromOpaque($0!).takeRetainedValue().beHand() },
      Unmanaged.passRetained(self).toOpaque())
    return worked == 0
  }

  private func beHand() -> Never {
    var isBound = Self.processors == 1
    turn.take()
    while true {
      if !isBound, hands.count == Self.processors {
        isBound = true
        // One that cannot be bound is as good, and a little slower.
        _ = clinux_bind_thread(Int32(hands.bound))
        hands.bound += 1
      }
      while hands.untaken.isEmpty {
        hands.idle += 1
        turn.passUntilNews()
        hands.idle -= 1
      }
      let command = hands.untaken.removeFirst()
      guard command.isAttended else { continue }
      turn.pass()
      clinux_await_end(command.process)
      turn.take()
      takeEnd(of: command)
    }
  }
}
