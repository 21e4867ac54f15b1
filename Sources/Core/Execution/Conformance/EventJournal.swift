import Foundation
import JobmonModel

/// Keeps what an executor says, in order, and lets a thread wait for it.
public final class EventJournal: ExecutorEventSink, @unchecked Sendable {
  private let condition = NSCondition()
  private var heard: [ExecutorEvent] = []

  /// Makes an empty journal.
  public init() {}

  /// Keeps the events and wakes the threads that wait. Safe to call from any thread.
  public func post(_ events: [ExecutorEvent]) {
    guard !events.isEmpty else { return }
    condition.lock()
    heard += events
    condition.broadcast()
    condition.unlock()
  }

  /// All events so far, in the order in which they were posted.
  public var events: [ExecutorEvent] {
    condition.lock()
    defer { condition.unlock() }
    return heard
  }

  /// The first answer that `pick` gives on the events so far; asked again with each that comes. nil when `seconds`
  /// have passed.
  ///
  /// - Parameter since: how many of the first events are passed over.
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
  /// How an instance ended.
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

  /// What the executor says of itself in its first `info`; nil when `seconds` have passed without one.
  public func description(within seconds: Double = 30) -> ExecutorDescription? {
    wait(seconds) { events in
      events.lazy.compactMap { if case .info(let description) = $0 { description } else { nil } }.first
    }
  }

  /// Whether an event like that comes.
  public func hears(
    within seconds: Double = 30, since: Int = 0, _ isMeant: (ExecutorEvent) -> Bool
  ) -> Bool {
    wait(seconds, since: since) { $0.contains(where: isMeant) ? true : nil } ?? false
  }
}
