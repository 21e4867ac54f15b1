import Foundation
import JobmonModel

/// Records the events of an executor in order, and lets threads wait for them.
public final class EventJournal: ExecutorEventSink, @unchecked Sendable {
  private let condition = NSCondition()
  private var heard: [ExecutorEvent] = []

  /// Creates an empty journal.
  public init() {}

  /// Records the events and wakes the waiting threads. Can be called from any thread.
  public func post(_ events: [ExecutorEvent]) {
    guard !events.isEmpty else { return }
    condition.lock()
    heard += events
    condition.broadcast()
    condition.unlock()
  }

  /// All events so far, in the order of their posts.
  public var events: [ExecutorEvent] {
    condition.lock()
    defer { condition.unlock() }
    return heard
  }

  /// The first result of `pick` for the events so far. It is called again after each new event. nil after `seconds`.
  ///
  /// - Parameter since: number of events at the beginning to skip.
  public func wait<Answer>(
    _ seconds: Double = 30, since: Int = 0, _ pick: (ArraySlice<ExecutorEvent>) -> Answer?
  ) -> Answer? {
    let end = Date(timeIntervalSinceNow: seconds)
    condition.lock()
    defer { condition.unlock() }
    while true {
      if let answer = pick(heard.dropFirst(since)) { return answer }
      if !condition.wait(until: end) { return pick(heard.dropFirst(since)) }
    }
  }
}

extension EventJournal {
  /// The outcome of an instance; nil if there is none within `seconds`.
  public func outcome(of instance: TaskInstanceID, within seconds: Double = 30, since: Int = 0) -> Outcome? {
    wait(seconds, since: since) { events in
      events.lazy.compactMap { event -> Outcome? in
        switch event {
        case .ended(instance, let outcome): outcome
        case .recovered(instance, .ended(let outcome)): outcome
        default: nil
        }
      }.first
    }
  }

  /// The description in the executor's first `info`; nil if there is none within `seconds`.
  public func description(within seconds: Double = 30) -> ExecutorDescription? {
    wait(seconds) { events in
      events.lazy.compactMap { if case .info(let description) = $0 { description } else { nil } }.first
    }
  }

  /// Whether a matching event arrives within `seconds`.
  public func hears(
    within seconds: Double = 30, since: Int = 0, _ isMeant: (ExecutorEvent) -> Bool
  ) -> Bool {
    wait(seconds, since: since) { $0.contains(where: isMeant) ? true : nil } ?? false
  }
}
