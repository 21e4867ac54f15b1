import Foundation
import JobmonCore
import Synchronization

/// A cluster on which nothing runs: for tests of everything that can go wrong, and for predictions of how long a
/// workflow takes. In virtual time it is its run's clock.
public final class DummyExecutor: Executor, SimulatedClock {
  private struct State: Sendable {
    var cluster: SimulatedCluster
    var events: any ExecutorEventSink
    var isStopped = false
  }

  private let state = Mutex<State?>(nil)
  /// In real time: tells the thread that waits for what happens next.
  private let wake = Mailbox<Void>()

  /// Makes a cluster; its options come with ``start(_:events:)``.
  public init() {}

  /// Opens the cluster. Throws ``ExecutorError`` naming the option that makes no sense.
  public func start(_ context: ExecutorContext, events: any ExecutorEventSink) throws {
    let options = try DummyOptions(context.options, cluster: context.cluster)
    let cluster = SimulatedCluster(options, now: .now, isResume: context.isResume)
    state.withLock { $0 = State(cluster: cluster, events: events) }
    if options.time == .real {
      let thread = Thread { [self] in live() }
      thread.name = "dummy cluster"
      thread.start()
    }
    events.post(.info(cluster.description))
  }

  /// Answers at once, by the size of its nodes.
  public func validate(_ requests: [ResourceRequest]) {
    tell { cluster, events in events.post(.validated(requests, cluster.verdicts(on: requests))) }
  }

  /// Takes the batch now; the answer, the starts and the ends come as they were drawn.
  public func submit(_ batch: Batch) { tell { cluster, _ in cluster.submit(batch) } }
  /// Ends these instances now, as interrupted.
  public func cancel(_ instances: [TaskInstanceID]) { tell { cluster, _ in cluster.cancel(instances) } }
  /// Says what it knows of these instances; of those of an earlier process it knows nothing (`absent`).
  public func recover(_ batches: [RecoverableBatch]) { tell { cluster, _ in cluster.recover(batches) } }
  /// Forgets these instances, which have ended.
  public func acknowledge(_ instances: [TaskInstanceID]) {
    tell { cluster, _ in cluster.acknowledge(instances) }
  }

  /// Everything ends with the driver, in both modes.
  public func stop(_ mode: ExecutorStopMode) {
    tell { cluster, _ in cluster.clear() }
    state.withLock { $0?.isStopped = true }
    wake.post([()])
  }

  /// Tells the cluster something at the time it is now, and posts what it says at once. Under the lock, so that what
  /// happens is posted in its order.
  private func tell(_ body: (inout SimulatedCluster, any ExecutorEventSink) -> Void) {
    state.withLock { state in
      guard var open = state, !open.isStopped else { return }
      // Not two of it, or each change would copy what it holds.
      state = nil
      defer { state = open }
      if open.cluster.options.time == .real {
        open.events.post(open.cluster.advance(to: Instant.now.monotonic))
      }
      body(&open.cluster, open.events)
      open.events.post(open.cluster.advance(to: open.cluster.now))
    }
    wake.post([()])
  }

  /// Real time: lets happen what is due, and waits for what comes next.
  private func live() {
    while true {
      let (isStopped, next) = state.withLock { ($0?.isStopped ?? true, $0?.cluster.next) }
      if isStopped { return }
      _ = wake.take(within: next.map { max(0, $0 - Instant.now.monotonic) })
      if let next, next <= Instant.now.monotonic { advance(to: Instant.now.monotonic) }
    }
  }

  // MARK: Time

  /// Itself in virtual time; nil in real time.
  public var simulatedClock: (any SimulatedClock)? {
    state.withLock { $0?.cluster.options.time } == .virtual ? self : nil
  }

  /// The cluster's time; before it is opened, everybody's.
  public var now: Instant { state.withLock { $0?.cluster.instant } ?? .now }

  /// When something happens by itself, in monotonic milliseconds; nil: never.
  public var next: Int64? { state.withLock { $0?.cluster.next } }

  /// Lets happen what is due until then (monotonic milliseconds), and posts it.
  public func advance(to moment: Int64) {
    state.withLock { state in
      guard var open = state else { return }
      state = nil
      defer { state = open }
      open.events.post(open.cluster.advance(to: moment))
    }
  }
}
