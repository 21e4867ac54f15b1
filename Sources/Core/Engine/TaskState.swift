import JobmonModel

/// The state of a task within one run, with its associated values.
///
/// The store has fewer states (``TaskStatus``); ``status`` derives them. What the table's transitions use is inlined:
/// most of them name the next state, so only the checks for that state remain.
enum TaskState: Hashable, Sendable {
  /// Waits for this many upstream nodes of the graph. It is 0 only until the run has begun.
  case waiting(unfinished: Int32)
  /// An earlier run's instance is open and its state is not known; waits for this many upstream nodes.
  case recovering(unfinished: Int32)
  /// A callback computes its request.
  case resolving
  /// In its group's queue.
  case ready
  /// In its group's queue. Its next attempt is recorded in a slot of ``TaskStateTable``, but not submitted yet.
  case prepared(slot: Int32)
  /// To be queued again within this turn.
  case requeueing(Requeue)
  /// To be queued again at a later time.
  case delayed(Requeue)
  /// Its attempt is recorded and submitted; the executor has not answered yet.
  case submitted
  /// The executor has accepted its attempt.
  case launched
  /// Its command is running, as reported by the cluster.
  case running
  /// Succeeded in this run or before, or set to DONE by the user.
  case done
  /// Failed permanently in this run.
  case fatal

  /// Why a task is queued again.
  enum Requeue: Hashable, CaseIterable, Sendable {
    /// Its attempt ended without a failure of the task.
    case interrupted
    /// Its attempt failed.
    case failed
    /// Its request has changed, or will change.
    case adjusting
  }

  /// The status for the store and the user.
  @inline(__always) var status: TaskStatus {
    switch self {
    case .waiting, .recovering: .registering
    case .ready, .prepared, .requeueing(.interrupted), .delayed(.interrupted): .queued
    case .requeueing(.failed), .delayed(.failed): .error
    case .resolving, .requeueing(.adjusting), .delayed(.adjusting): .adjusting
    case .submitted: .instantiated
    case .launched: .launched
    case .running: .running
    case .done: .done
    case .fatal: .fatal
    }
  }

  /// Whether the task will start an attempt without waiting for any other task.
  @inline(__always) var isQueued: Bool {
    switch self {
    case .resolving, .ready, .prepared, .delayed: true
    default: false
    }
  }

  /// Whether an attempt of this run is open.
  @inline(__always) var isOpen: Bool {
    switch self {
    case .submitted, .launched, .running: true
    default: false
    }
  }

  /// Whether the task can be reset: no attempt of it is open or recorded.
  var canBeSetBack: Bool {
    switch self {
    case .waiting, .resolving, .ready, .delayed, .done, .fatal: true
    case .recovering, .prepared, .requeueing, .submitted, .launched, .running: false
    }
  }

  /// The transitions that are possible within one run, apart from resets.
  @inline(__always) func canBecome(_ next: TaskState) -> Bool {
    switch (self, next) {
    case (.waiting(let before), .waiting(let after)), (.recovering(let before), .recovering(let after)):
      after == before - 1
    case (.waiting(let before), .recovering(let after)), (.recovering(let before), .waiting(let after)):
      after == before
    case (.waiting(0), .ready), (.waiting(0), .resolving), (.waiting(0), .fatal): true
    // This run adopts an earlier run's instance.
    case (.recovering, .launched), (.recovering, .running): true
    case (.resolving, .requeueing(.adjusting)): true
    case (.ready, .prepared), (.ready, .submitted), (.ready, .fatal): true
    case (.prepared, .ready), (.prepared, .submitted): true
    case (.requeueing(let before), .delayed(let after)), (.delayed(let before), .requeueing(let after)):
      after == before
    case (.requeueing, .ready), (.requeueing, .resolving), (.requeueing, .fatal): true
    case (.submitted, .launched), (.submitted, .running), (.launched, .running): true
    case (.submitted, .done), (.launched, .done), (.running, .done): true
    case (.submitted, .requeueing), (.launched, .requeueing), (.running, .requeueing): true
    case (.submitted, .fatal), (.launched, .fatal), (.running, .fatal): true
    default: false
    }
  }
}

extension TaskStatus {
  /// The stored status if no instance is open: readiness follows from the upstreams.
  var kept: TaskStatus { self == .queued ? .registering : self }
}
