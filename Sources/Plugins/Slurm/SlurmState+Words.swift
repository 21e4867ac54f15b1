/// States in the words of squeue(1) and sacct(1).
extension SlurmState {
  /// The base states, in their order.
  private static let baseWords = [
    "PENDING", "RUNNING", "SUSPENDED", "COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL",
    "PREEMPTED",
    "BOOT_FAIL", "DEADLINE", "OUT_OF_MEMORY",
  ]

  /// What the commands show instead of the base state, and the state that it means here. The base state is then not
  /// known; each of these is chosen so that the job counts as alive, or as ended, as it does in the controller.
  private static let flagWords: [(word: String, raw: UInt32)] = [
    ("COMPLETING", Base.running.rawValue | Flag.completing.rawValue),
    ("CONFIGURING", Base.running.rawValue | Flag.configuring.rawValue),
    ("RESIZING", Base.running.rawValue | Flag.resizing.rawValue),
    ("REQUEUED", Base.pending.rawValue | Flag.requeue.rawValue),
    ("REQUEUE_FED", Base.pending.rawValue | Flag.requeueFederation.rawValue),
    ("REQUEUE_HOLD", Base.pending.rawValue | Flag.requeueHold.rawValue),
    ("SPECIAL_EXIT", Base.pending.rawValue | Flag.specialExit.rawValue),
    ("STOPPED", Base.running.rawValue | Flag.stopped.rawValue),
    ("REVOKED", Base.cancelled.rawValue | Flag.revoked.rawValue),
    ("RESV_DEL_HOLD", Base.pending.rawValue | Flag.reservationDeletedHold.rawValue),
    ("SIGNALING", Base.running.rawValue | Flag.signaling.rawValue),
    ("STAGE_OUT", Base.running.rawValue | Flag.stageOut.rawValue),
    ("RECONFIG_FAIL", Base.failed.rawValue | Flag.reconfigFail.rawValue),
    ("LAUNCH_FAILED", Base.failed.rawValue | Flag.launchFailed.rawValue),
  ]
  /// A base state that Slurm does not have. It counts as alive.
  private static let unknown: UInt32 = 0xff

  /// Reads a state. sacct(1) adds who cancelled a job: `CANCELLED by 1000`.
  init(words: String) {
    let word = String(words.prefix { $0 != " " })
    if let base = Self.baseWords.firstIndex(of: word) {
      self.init(raw: UInt32(base))
    } else {
      self.init(raw: Self.flagWords.first { $0.word == word }?.raw ?? Self.unknown)
    }
  }

  /// The state as the commands show it.
  var words: String {
    if let flag = Self.flagWords.first(where: { $0.raw == raw }) { return flag.word }
    return Self.baseWords.indices.contains(Int(raw & 0xff)) ? Self.baseWords[Int(raw & 0xff)] : "UNKNOWN"
  }
}
