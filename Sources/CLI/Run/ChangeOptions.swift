import ArgumentParser
import Foundation
import JobmonCore

/// What `run` and `bind` do with a workflow that is stored with other tasks, or for another folder.
struct ChangeOptions: ParsableArguments {
  @Flag(
    name: .customLong("accept-changes"),
    help:
      "The tasks have changed: keep the results that still hold, run everything else. The plan is shown first."
  )
  var acceptChanges = false

  @Flag(
    name: .customLong("keep-done"),
    help: "As --accept-changes, but keep the result of every done task, whatever else has changed.")
  var keepDone = false

  @Flag(name: [.customShort("y"), .long], help: "Do not ask before changes are accepted.")
  var yes = false

  @Flag(help: "The project has moved to this folder, or was renamed: continue its workflow.")
  var here = false

  func apply(to options: inout RunOptions) {
    options.changes = keepDone ? .acceptAndKeepDone : acceptChanges ? .accept : .refuse
    options.here = here
    if !yes, isatty(STDIN_FILENO) == 1 {
      options.confirmChanges = { plan in
        SignalWatch.suspended { Confirmation.isGivenOnTerminal(for: plan) }
      }
    }
  }
}
