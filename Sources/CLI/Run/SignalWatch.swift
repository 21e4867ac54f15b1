import CLinux
import Foundation
import JobmonCore
import Synchronization

/// Handles all signals. Ctrl-C, TERM and HUP request a stop of the run. A HUP that was ignored when the program started
/// (nohup) stays ignored.
///
/// After the second signal the run quits at once. If something blocks that, the process exits: the store is consistent
/// at any moment, and the worker ends its commands when this process is gone.
final class SignalWatch: Sendable {
  /// Maximum time for quitting after the second signal, in milliseconds.
  private static let patience: Int64 = 1500
  /// The exit code of a stopped run.
  private static let exitCode: Int32 = 130

  private let isWatching = Mutex(true)
  private let signals: [Int32]

  init(_ handler: @escaping @Sendable () -> Void) {
    var action = sigaction()
    sigaction(SIGHUP, nil, &action)
    signals = [SIGINT, SIGTERM] + (Self.isIgnored(action) ? [] : [SIGHUP])
    let pipe = clinux_signals_pipe(signals, Int32(signals.count))
    guard pipe >= 0 else {
      Console.error(
        "signals cannot be handled (\(String(cString: strerror(errno)))): Ctrl-C ends jobmon at once")
      return
    }
    let thread = Thread { [self] in watch(pipe, handler) }
    thread.name = "signals"
    thread.start()
  }

  private func watch(_ pipe: Int32, _ handler: () -> Void) {
    var came = 0
    var hasHungUp = false
    var leavesAt: Int64?
    while true {
      if let leavesAt {
        var polled = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
        let left = max(0, leavesAt - Instant.now.monotonic)
        if clinux_poll(&polled, 1, left * 1000) == 0 { _exit(Self.exitCode) }
      }
      var number: UInt8 = 0
      let count = read(pipe, &number, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { return }
      // Closing a terminal can send HUP more than once: from the kernel and from the shell.
      if Int32(number) == SIGHUP {
        if hasHungUp { continue }
        hasHungUp = true
      }
      came += 1
      if came > 2 { _exit(Self.exitCode) }
      if isWatching.withLock({ $0 }) { handler() }
      if came == 2 { leavesAt = Instant.now.monotonic + Self.patience }
    }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Lets signals end the process while a question is open: nothing has started that would have to stop.
  static func suspended<Result>(_ body: () -> Result) -> Result {
    let known = [SIGINT, SIGTERM, SIGHUP].map { number in
      var action = sigaction()
      sigaction(number, nil, &action)
      if !isIgnored(action) { signal(number, SIG_DFL) }
      return (number, action)
    }
    defer {
      for (number, action) in known {
        var action = action
        sigaction(number, &action, nil)
      }
    }
    return body()
  }

  /// From now on signals end the process, as they do by default.
  func stop() {
    isWatching.withLock { $0 = false }
    for number in signals { signal(number, SIG_DFL) }
  }
}
