import Dispatch
import Foundation

/// Signals, handled in one place: Ctrl-C, TERM and HUP all ask the run to stop; a HUP that was ignored when the
/// program started (nohup) stays ignored.
final class SignalWatch {
  private static let names: [Int32: String] = [SIGINT: "interrupted", SIGTERM: "terminated", SIGHUP: "hung up"]
  private var sources: [any DispatchSourceSignal] = []

  init(_ handler: @escaping @Sendable (String) -> Void) {
    for (number, name) in Self.names {
      var action = sigaction()
      sigaction(number, nil, &action)
      if number == SIGHUP, Self.isIgnored(action) { continue }
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { handler(name) }
      source.resume()
      sources.append(source)
    }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  func stop() {
    for source in sources { source.cancel() }
    sources = []
  }
}
