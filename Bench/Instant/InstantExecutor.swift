import JobmonCore

/// A cluster on which every task succeeds at once, so that only the cost of the program itself is measured.
final class InstantExecutor: Executor, @unchecked Sendable {
  private var events: (any ExecutorEventSink)?
  private let slots: Int

  init(slots: Int) { self.slots = slots }

  func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws {
    self.events = events
    events.post(
      .info(
        ExecutorDescription(
          maxBatch: 1000, placement: .core([ClusterNode(name: "instant", cores: slots, memory: 1 << 50)]),
          outlivesDriver: false)))
  }

  func validate(_ requests: [ResourceRequest]) {
    events?.post(.validated(requests, requests.map { _ in .ok }))
  }

  func submit(_ batch: Batch) {
    let instances = batch.tasks.map(\.instance)
    events?.post(
      [.submitted(instances, .accepted(handle: nil))]
        + instances.map { .ended($0, Outcome(cause: .exit(0), node: "instant")) })
  }

  func cancel(_ instances: [TaskInstanceID]) { events?.post(instances.map { .cancelled($0, .alreadyEnded) }) }

  func recover(_ batches: [RecoverableBatch]) {
    events?.post(batches.flatMap { $0.instances.map { .recovered($0.instance, .absent) } })
  }

  func acknowledge(_ instances: [TaskInstanceID]) {}
  func stop(_ mode: ExecutorStopMode) {}
}
