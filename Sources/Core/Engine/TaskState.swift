import JobmonModel

/// The state of a task within one run, with what the state needs.
///
/// The store keeps less (``TaskStatus``): ``status`` derives it. What the table's moves use is inlined there: most of them
/// name the state that they lead to, and only the checks for that one are left.
enum TaskState: Hashable, Sendable {
  /// Waits for so many upstream nodes of the graph. 0 only until the run has begun.
  case waiting(unfinished: Int32)
  /// An instance of an earlier run is open and its fate is not known; waits for so many upstream nodes.
  case recovering(unfinished: Int32)
  /// A callback computes its request.
  case resolving
  /// In its group's queue.
  case ready
  /// In its group's queue; its next attempt is recorded, in a slot of ``TaskStateTable``, and not submitted yet.
  case prepared(slot: Int32)
  /// Has to be queued again, within this turn.
  case requeueing(Requeue)
  /// Has to be queued again at a time in the future.
  case delayed(Requeue)
  /// Its attempt is recorded and submitted; the executor has not answered.
  case submitted
  /// The executor has accepted its attempt.
  case launched
  /// Its command runs, as far as the cluster has said.
  case running
  /// Succeeded, in this run or before, or set to DONE by a person.
  case done
  /// Failed for good in this run.
  case fatal

  /// Why a task has to be queued again.
  enum Requeue: Hashable, CaseIterable, Sendable {
    /// Its attempt ended, and that was not a failure of the task.
    case interrupted
    /// Its attempt failed.
    case failed
    /// Its request has changed, or has to.
    case adjusting
  }

  /// The status that the store and people know.
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

  /// Whether the task will start an attempt without any other task's doing.
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

  /// Whether the task can run again from its beginning: no attempt of it is open or recorded.
  var canBeSetBack: Bool {
    switch self {
    case .waiting, .resolving, .ready, .delayed, .done, .fatal: true
    case .recovering, .prepared, .requeueing, .submitted, .launched, .running: false
    }
  }

  /// The moves that are possible within one run, where nobody sets tasks back.
  @inline(__always) func canBecome(_ next: TaskState) -> Bool {
    switch (self, next) {
    case (.waiting(let before), .waiting(let after)), (.recovering(let before), .recovering(let after)):
      after == before - 1
    case (.waiting(let before), .recovering(let after)), (.recovering(let before), .waiting(let after)):
      after == before
    case (.waiting(0), .ready), (.waiting(0), .resolving), (.waiting(0), .fatal): true
    // An earlier run's instance that this run adopts.
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
  /// What the store keeps when no instance is open: readiness follows from the upstreams.
  var kept: TaskStatus { self == .queued ? .registering : self }
}
