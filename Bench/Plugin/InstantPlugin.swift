import JobmonCore
import Synchronization

/// A plugin whose cluster lets every task succeed at once, so that only the cost of the wire protocol is measured.
@main
final class InstantPlugin: PluginMain {
  private let events = Mutex<(any ExecutorEventSink)?>(nil)

  init() {}

  func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws {
    self.events.withLock { $0 = events }
    events.post(
      .info(
        ExecutorDescription(
          maxBatch: 1000, placement: .backend(maxOutstanding: 20_000), outlivesDriver: false)))
  }

  func validate(_ requests: [ResourceRequest]) { post([.validated(requests, requests.map { _ in .ok })]) }

  func submit(_ batch: Batch) {
    let instances = batch.tasks.map(\.instance)
    post(
      [.submitted(instances, .accepted(handle: batch.token))]
        + instances.map { .ended($0, Outcome(cause: .exit(0), node: "instant")) })
  }

  func cancel(_ instances: [TaskInstanceID]) { post(instances.map { .cancelled($0, .alreadyEnded) }) }

  func recover(_ batches: [RecoverableBatch]) {
    post(batches.flatMap { $0.instances.map { .recovered($0.instance, .absent) } })
  }

  func acknowledge(_ instances: [TaskInstanceID]) {}
  func stop(_ mode: ExecutorStopMode) {}

  private func post(_ said: [ExecutorEvent]) { events.withLock { $0 }?.post(said) }
}
