/// `state | observation | next state; effects`, for each pair that changes the state or has effects. Times are in
/// milliseconds; the current time is 1000000.
enum JobStateTable {
  static let text = """
    unseen | shown pending | pending (pending since 1000000); waiting: Priority
    unseen | shown running | running (started); started on n1
    unseen | shown complete | over: complete since 1000000
    unseen | not shown | absent since 1000000
    unseen | cancel | unseen (cancelled); cancelled: requested; claim
    unseen | report: exit 0 | ended; ended: exit
    unseen | report: exit 3 | ended; ended: exit
    unseen | report: TERM | unseen (report held); ask the controller
    unseen | answer: ours | ended; ended: interrupted
    unseen | late answer: ours | ended; ended: lost
    unseen, recovering | shown pending | pending (pending since 1000000); recovered as pending; waiting: Priority
    unseen, recovering | shown running | running (started); recovered as running
    unseen, recovering | shown complete | over: complete since 1000000 (recovering)
    unseen, recovering | not shown | absent since 1000000 (recovering)
    unseen, recovering | cancel | unseen (recovering, cancelled); cancelled: requested; claim
    unseen, recovering | report: exit 0 | ended; recovered as ended: exit
    unseen, recovering | report: exit 3 | ended; recovered as ended: exit
    unseen, recovering | report: TERM | unseen (recovering, report held); ask the controller
    unseen, recovering | late answer: ours | forgotten; recovered as absent
    unseen, recovering, cancelled | shown pending | pending (recovering, cancelled, pending since 1000000)
    unseen, recovering, cancelled | shown running | running (recovering, cancelled)
    unseen, recovering, cancelled | shown complete | over: complete since 1000000 (recovering, cancelled)
    unseen, recovering, cancelled | not shown | absent since 1000000 (recovering, cancelled)
    unseen, recovering, cancelled | cancel | same; cancelled: requested; claim
    unseen, recovering, cancelled | report: exit 0 | ended; recovered as ended: exit
    unseen, recovering, cancelled | report: exit 3 | ended; recovered as ended: interrupted
    unseen, recovering, cancelled | report: TERM | ended; recovered as ended: interrupted
    unseen, recovering, cancelled | late answer: ours | forgotten; recovered as absent
    pending | shown running | running (started); started on n1
    pending | shown complete | over: complete since 1000000 (pending since 1)
    pending | not shown | absent since 1000000 (pending since 1)
    pending | cancel | pending (cancelled, pending since 1); cancelled: requested; claim
    pending | report: exit 0 | ended; ended: exit
    pending | report: exit 3 | ended; ended: exit
    pending | report: TERM | pending (pending since 1, report held); ask the controller
    pending | answer: ours | ended; cancel the job; ask the controller; ended: cancelled
    pending | late answer: ours | ended; cancel the job; ended: lost
    pending, cancelled | shown pending | pending (cancelled, pending since 1); waiting: Priority
    pending, cancelled | shown running | running (cancelled, started); started on n1
    pending, cancelled | shown complete | over: complete since 1000000 (cancelled, pending since 1)
    pending, cancelled | not shown | absent since 1000000 (cancelled, pending since 1)
    pending, cancelled | cancel | same; cancelled: requested; claim
    pending, cancelled | report: exit 0 | ended; ended: exit
    pending, cancelled | report: exit 3 | ended; ended: interrupted
    pending, cancelled | report: TERM | ended; ended: interrupted
    pending, cancelled | answer: ours | ended; ended: interrupted
    pending, cancelled | late answer: ours | ended; cancel the job; ended: interrupted
    running | shown pending | pending (started, pending since 1000000); waiting: Priority
    running | shown complete | over: complete since 1000000 (started)
    running | not shown | absent since 1000000 (started)
    running | cancel | running (cancelled, started); cancelled: requested; claim
    running | report: exit 0 | ended; ended: exit
    running | report: exit 3 | ended; ended: exit
    running | report: TERM | running (started, report held); ask the controller
    running | answer: ours | ended; ended: interrupted
    running | late answer: ours | ended; cancel the job; ended: lost
    running again | shown pending | pending (started, pending since 1000000); waiting: Priority
    running again | shown running | running (started)
    running again | shown complete | over: complete since 1000000 (started)
    running again | not shown | absent since 1000000 (started)
    running again | cancel | running (cancelled, started); cancelled: requested; claim
    running again | report: exit 0 | ended; ended: exit
    running again | answer: ours | ended; ended: interrupted
    running again | late answer: ours | ended; cancel the job; ended: lost
    running, report held | shown pending | pending (started, pending since 1000000, report held); waiting: Priority
    running, report held | shown complete | over: complete since 1000000 (started, report held)
    running, report held | not shown | absent since 1000000 (started, report held)
    running, report held | cancel | running (cancelled, started, report held); cancelled: requested; claim
    running, report held | a minute later | ended; ended: lost
    running, report held | answer: ours | ended; ended: interrupted
    running, report held | late answer: ours | ended; cancel the job; ended: lost
    over: complete | shown pending | pending (started, pending since 1000000); waiting: Priority
    over: complete | shown running | running (started)
    over: complete | not shown | absent since 1000000 (started)
    over: complete | cancel | over: complete since 1 (cancelled, started); cancelled: requested; claim
    over: complete | report: exit 0 | ended; ended: exit
    over: complete | report: exit 3 | ended; ended: exit
    over: complete | report: TERM | ended; ended: signal
    over: complete | answer: ours | ended; ended: launchFailure
    over: complete | answer: silent worker | ended; ended: lost
    over: complete | answer: live worker | ended; ended: lost
    over: complete | answer: unknown | ended; ended: lost
    over: complete | answer: report | ended; ended: exit
    over: complete | late answer: ours | ended; ended: lost
    over: complete just now | shown pending | pending (started, pending since 1000000); waiting: Priority
    over: complete just now | shown running | running (started)
    over: complete just now | not shown | absent since 1000000 (started)
    over: complete just now | cancel | over: complete since 1000000 (cancelled, started); cancelled: requested; claim
    over: complete just now | report: exit 0 | ended; ended: exit
    over: complete just now | report: exit 3 | ended; ended: exit
    over: complete just now | report: TERM | ended; ended: signal
    over: complete just now | answer: ours | ended; ended: launchFailure
    over: complete just now | late answer: ours | ended; ended: lost
    over: nodeFail | shown pending | pending (started, pending since 1000000); waiting: Priority
    over: nodeFail | shown running | running (started)
    over: nodeFail | shown complete | over: complete since 1 (started)
    over: nodeFail | not shown | absent since 1000000 (started)
    over: nodeFail | cancel | over: nodeFail since 1 (cancelled, started); cancelled: requested; claim
    over: nodeFail | report: exit 0 | ended; ended: exit
    over: nodeFail | report: exit 3 | ended; ended: exit
    over: nodeFail | report: TERM | ended; ended: nodeFailure
    over: nodeFail | answer: ours | ended; ended: nodeFailure
    over: nodeFail | answer: silent worker | ended; ended: nodeFailure
    over: nodeFail | answer: unknown | ended; ended: nodeFailure
    over: nodeFail | answer: report | ended; ended: exit
    over: nodeFail | late answer: ours | ended; ended: lost
    over: failed, recovering | shown pending | pending (pending since 1000000); recovered as pending; waiting: Priority
    over: failed, recovering | shown running | running (started); recovered as running
    over: failed, recovering | shown complete | over: complete since 1 (recovering)
    over: failed, recovering | not shown | absent since 1000000 (recovering)
    over: failed, recovering | cancel | over: failed since 1 (recovering, cancelled); cancelled: requested; claim
    over: failed, recovering | report: exit 0 | ended; recovered as ended: exit
    over: failed, recovering | report: exit 3 | ended; recovered as ended: exit
    over: failed, recovering | report: TERM | ended; recovered as ended: signal
    over: failed, recovering | answer: ours | forgotten; recovered as absent
    over: failed, recovering | answer: silent worker | ended; recovered as ended: lost
    over: failed, recovering | answer: live worker | ended; recovered as ended: lost
    over: failed, recovering | answer: unknown | ended; recovered as ended: lost
    over: failed, recovering | answer: report | ended; recovered as ended: exit
    over: failed, recovering | late answer: ours | forgotten; recovered as absent
    over: timeout, report held | shown pending | pending (started, pending since 1000000, report held); waiting: Priority
    over: timeout, report held | shown running | running (started, report held)
    over: timeout, report held | shown complete | over: complete since 1 (started, report held)
    over: timeout, report held | not shown | absent since 1000000 (started, report held)
    over: timeout, report held | cancel | over: timeout since 1 (cancelled, started, report held); cancelled: requested; claim
    over: timeout, report held | time | ended; ended: runtime
    over: timeout, report held | a minute later | ended; ended: runtime
    over: timeout, report held | answer: ours | ended; ended: interrupted
    over: timeout, report held | late answer: ours | ended; ended: lost
    absent | shown pending | pending (started, pending since 1000000); waiting: Priority
    absent | shown running | running (started)
    absent | shown complete | over: complete since 1000000 (started)
    absent | unanswered | unseen (started)
    absent | accounts: failed | accounted: failed since 1000000, absent since 1 (started)
    absent | cancel | absent since 1 (cancelled, started); cancelled: requested; claim
    absent | report: exit 0 | ended; ended: exit
    absent | report: exit 3 | ended; ended: exit
    absent | report: TERM | absent since 1 (started, report held); ask the controller
    absent | answer: ours | ended; ended: lost
    absent | answer: silent worker | ended; ended: lost
    absent | answer: unknown | same; warning: why
    absent | late answer: ours | ended; ended: lost
    absent just now | shown pending | pending (started, pending since 1000000); waiting: Priority
    absent just now | shown running | running (started)
    absent just now | shown complete | over: complete since 1000000 (started)
    absent just now | unanswered | unseen (started)
    absent just now | accounts: failed | accounted: failed since 1000000, absent since 1000000 (started)
    absent just now | cancel | absent since 1000000 (cancelled, started); cancelled: requested; claim
    absent just now | report: exit 0 | ended; ended: exit
    absent just now | report: exit 3 | ended; ended: exit
    absent just now | report: TERM | absent since 1000000 (started, report held); ask the controller
    absent just now | answer: ours | ended; ended: interrupted
    absent just now | late answer: ours | ended; ended: lost
    absent just now, recovering | shown pending | pending (pending since 1000000); recovered as pending; waiting: Priority
    absent just now, recovering | shown running | running (started); recovered as running
    absent just now, recovering | shown complete | over: complete since 1000000 (recovering)
    absent just now, recovering | unanswered | unseen (recovering)
    absent just now, recovering | accounts: failed | accounted: failed since 1000000, absent since 1000000 (recovering)
    absent just now, recovering | cancel | absent since 1000000 (recovering, cancelled); cancelled: requested; claim
    absent just now, recovering | report: exit 0 | ended; recovered as ended: exit
    absent just now, recovering | report: exit 3 | ended; recovered as ended: exit
    absent just now, recovering | report: TERM | absent since 1000000 (recovering, report held); ask the controller
    absent just now, recovering | answer: ours | forgotten; recovered as absent
    absent just now, recovering | answer: unknown | same; warning: why
    absent just now, recovering | late answer: ours | forgotten; recovered as absent
    absent, report held | shown pending | pending (started, pending since 1000000, report held); waiting: Priority
    absent, report held | shown running | running (started, report held)
    absent, report held | shown complete | over: complete since 1000000 (started, report held)
    absent, report held | unanswered | unseen (started, report held)
    absent, report held | accounts: failed | accounted: failed since 1000000, absent since 1 (started, report held)
    absent, report held | cancel | absent since 1 (cancelled, started, report held); cancelled: requested; claim
    absent, report held | time | ended; ended: lost
    absent, report held | a minute later | ended; ended: lost
    absent, report held | answer: ours | ended; ended: interrupted
    absent, report held | late answer: ours | ended; ended: lost
    accounted: timeout | shown pending | pending (started, pending since 1000000); waiting: Priority
    accounted: timeout | shown running | running (started)
    accounted: timeout | shown complete | over: complete since 1 (started)
    accounted: timeout | unanswered | over: timeout since 1 (started)
    accounted: timeout | accounts: failed | accounted: failed since 1, absent since 1 (started)
    accounted: timeout | cancel | accounted: timeout since 1, absent since 1 (cancelled, started); cancelled: requested; claim
    accounted: timeout | report: exit 0 | ended; ended: exit
    accounted: timeout | report: exit 3 | ended; ended: exit
    accounted: timeout | report: TERM | ended; ended: runtime
    accounted: timeout | answer: ours | ended; ended: runtime
    accounted: timeout | answer: silent worker | ended; ended: runtime
    accounted: timeout | answer: live worker | ended; ended: runtime
    accounted: timeout | answer: unknown | ended; ended: runtime
    accounted: timeout | answer: report | ended; ended: exit
    accounted: timeout | late answer: ours | ended; ended: lost
    ended | cancel | same; cancelled: alreadyEnded
    ended | acknowledged | forgotten
    forgotten | cancel | same; cancelled: alreadyEnded
    """
}
