import Foundation
import JobmonCore
import Synchronization

/// A cluster that runs nothing. It is used to test every kind of failure, and to predict how long a workflow takes. In
/// virtual time it is the clock of its run.
public final class DummyExecutor: Executor, SimulatedClock {
  private struct State: Sendable {
    var cluster: SimulatedCluster
    var events: any ExecutorEventSink
    var isStopped = false
  }

  private let state = Mutex<State?>(nil)
  /// In real time: wakes the thread that waits for the next event.
  private let wake = Mailbox<Void>()

  /// Creates a cluster; its options come with ``start(_:events:)``.
  public init() {}

  /// Opens the cluster. Throws ``ExecutorError`` that names an invalid option.
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

  /// Answers at once, from the size of the nodes.
  public func validate(_ requests: [ResourceRequest]) {
    tell { cluster, events in events.post(.validated(requests, cluster.verdicts(on: requests))) }
  }

  /// Accepts the batch now; the answer, the starts and the ends follow at the times drawn for them.
  public func submit(_ batch: Batch) { tell { cluster, _ in cluster.submit(batch) } }
  /// Ends these instances now, as interrupted.
  public func cancel(_ instances: [TaskInstanceID]) { tell { cluster, _ in cluster.cancel(instances) } }
  /// Reports the state of these instances; instances of an earlier process are `absent`.
  public func recover(_ batches: [RecoverableBatch]) { tell { cluster, _ in cluster.recover(batches) } }
  /// Forgets these instances, which have ended.
  public func acknowledge(_ instances: [TaskInstanceID]) {
    tell { cluster, _ in cluster.acknowledge(instances) }
  }

  /// Ends everything, in both modes.
  public func stop(_ mode: ExecutorStopMode) {
    tell { cluster, _ in cluster.clear() }
    state.withLock { $0?.isStopped = true }
    wake.post([()])
  }

  /// Calls the cluster at the current time and posts its events at once. It holds the lock, so events are posted in the
  /// order in which they happen.
  private func tell(_ body: (inout SimulatedCluster, any ExecutorEventSink) -> Void) {
    state.withLock { state in
      guard var open = state, !open.isStopped else { return }
      // Keep a single copy, or each change would copy the whole cluster.
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

  /// Real time: processes due events and waits for the next one.
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

  /// The cluster's time; before the cluster is opened, the real time.
  public var now: Instant { state.withLock { $0?.cluster.instant } ?? .now }

  /// When the next event is due, in monotonic milliseconds; nil if there is none.
  public var next: Int64? { state.withLock { $0?.cluster.next } }

  /// Processes events due until then (monotonic milliseconds) and posts them.
  public func advance(to moment: Int64) {
    state.withLock { state in
      guard var open = state else { return }
      state = nil
      defer { state = open }
      open.events.post(open.cluster.advance(to: moment))
    }
  }
}
