import JobmonCore

/// Forwards every call to two observers.
struct ObserverPair: RunObserver {
  let first: any RunObserver
  let second: any RunObserver

  var wantsEvents: Bool { first.wantsEvents || second.wantsEvents }

  func began(_ start: RunStart) {
    first.began(start)
    second.began(start)
  }

  func progressed(_ progress: RunProgress) {
    first.progressed(progress)
    second.progressed(progress)
  }

  func failed(_ task: FailedTask, attempt: Int, willRetry: Bool) {
    first.failed(task, attempt: attempt, willRetry: willRetry)
    second.failed(task, attempt: attempt, willRetry: willRetry)
  }

  func changed(_ events: [StatusEvent]) {
    if first.wantsEvents { first.changed(events) }
    if second.wantsEvents { second.changed(events) }
  }

  func noticed(_ text: String) {
    first.noticed(text)
    second.noticed(text)
  }

  func noticed(_ text: String, advice: Advice) {
    first.noticed(text, advice: advice)
    second.noticed(text, advice: advice)
  }

  func interrupted(_ interruption: RunInterruption) {
    first.interrupted(interruption)
    second.interrupted(interruption)
  }
}
