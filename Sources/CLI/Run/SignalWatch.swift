import CLinux
import Foundation
import Synchronization

/// Signals, handled in one place: Ctrl-C, TERM and HUP all ask the run to stop; a HUP that was ignored when the
/// program started (nohup) stays ignored.
final class SignalWatch: Sendable {
  private let isWatching = Mutex(true)

  init(_ handler: @escaping @Sendable () -> Void) {
    var action = sigaction()
    sigaction(SIGHUP, nil, &action)
    let signals = [SIGINT, SIGTERM] + (Self.isIgnored(action) ? [] : [SIGHUP])
    let pipe = clinux_signals_pipe(signals, Int32(signals.count))
    guard pipe >= 0 else {
      Console.error(
        "signals cannot be watched (\(String(cString: strerror(errno)))): Ctrl-C ends this at once")
      return
    }
    let thread = Thread { [self] in
      var number: UInt8 = 0
      while true {
        let count = read(pipe, &number, 1)
        if count < 0, errno == EINTR { continue }
        guard count == 1 else { return }
        if isWatching.withLock({ $0 }) { handler() }
      }
    }
    thread.name = "signals"
    thread.start()
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  func stop() { isWatching.withLock { $0 = false } }
}
