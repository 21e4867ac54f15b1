import JobmonModel

/// Represents a cluster of the registry that this program cannot run. Opening it fails with the reason.
struct UnsupportedExecutor: Executor {
  var why: String

  func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws { throw ExecutorError(why) }

  // It is never open, so these are never called.
  func validate(_ requests: [ResourceRequest]) {}
  func submit(_ batch: Batch) {}
  func cancel(_ instances: [TaskInstanceID]) {}
  func recover(_ batches: [RecoverableBatch]) {}
  func acknowledge(_ instances: [TaskInstanceID]) {}
  func stop(_ mode: ExecutorStopMode) {}
}
