import ArgumentParser
import Foundation
import JobmonCore

/// What `run` and `bind` do if the stored workflow has other tasks or another folder.
struct ChangeOptions: ParsableArguments {
  @Flag(
    name: .customLong("accept-changes"),
    help:
      "The tasks have changed: keep the results that are still valid and run everything else. Prints the plan first."
  )
  var acceptChanges = false

  @Flag(
    name: .customLong("keep-done"),
    help: "As --accept-changes, but keep the results of all DONE tasks.")
  var keepDone = false

  @Flag(name: [.customShort("y"), .long], help: "Do not ask for confirmation.")
  var yes = false

  @Flag(help: "Continue the workflow although the project was moved to this folder or renamed.")
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
