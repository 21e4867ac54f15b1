import JobmonExecution
import JobmonModel

/// A message in a driver's mailbox.
enum Message: Sendable {
  case engine(EngineEvent)
  case keeper(LeaseKeeper.Report)
  case interrupt
}

/// Posts one cluster's events to a mailbox.
struct MailboxSink: ExecutorEventSink {
  let mailbox: Mailbox<Message>
  let cluster: Int

  func post(_ events: [ExecutorEvent]) { mailbox.post(events.map { .engine(.executor(cluster, $0)) }) }
}
