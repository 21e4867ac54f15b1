/// Receives the events of an executor. Can be called from any thread. The order of one caller's posts is kept.
public protocol ExecutorEventSink: Sendable {
  /// Passes on the events in this order, and returns at once.
  func post(_ events: [ExecutorEvent])
}

extension ExecutorEventSink {
  /// Posts one event.
  public func post(_ event: ExecutorEvent) { post([event]) }
}
