/// An executor whose ``Executor/stop(_:)`` can take long and can be interrupted.
package protocol AbandonableExecutor: Executor {
  /// Makes a running `stop` return at once. Running jobs are left in the state in which the death of this process would
  /// leave them.
  func abandon()
}
