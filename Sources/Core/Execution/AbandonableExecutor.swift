/// An executor whose ``Executor/stop(_:)`` may take long, and can be cut short.
package protocol AbandonableExecutor: Executor {
  /// Has a `stop` that is under way return at once; whatever runs is left as the death of this process would leave it.
  func abandon()
}
