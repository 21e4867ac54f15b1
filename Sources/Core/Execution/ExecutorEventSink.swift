/// Where an executor posts what it has to say. Safe to call from any thread; keeps the order of one caller's posts.
public protocol ExecutorEventSink: Sendable {
  /// Passes these on in this order, and returns at once.
  func post(_ events: [ExecutorEvent])
}

extension ExecutorEventSink {
  /// Posts one event.
  public func post(_ event: ExecutorEvent) { post([event]) }
}
