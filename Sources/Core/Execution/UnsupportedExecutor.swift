import JobmonModel

/// Stands for a cluster that the registry names and this program cannot run: whoever opens it is told why.
struct UnsupportedExecutor: Executor {
  var why: String

  func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws { throw ExecutorError(why) }

  // Never opened, so never told anything.
  func validate(_ requests: [ResourceRequest]) {}
  func submit(_ batch: Batch) {}
  func cancel(_ instances: [TaskInstanceID]) {}
  func recover(_ batches: [RecoverableBatch]) {}
  func acknowledge(_ instances: [TaskInstanceID]) {}
  func stop(_ mode: ExecutorStopMode) {}
}
