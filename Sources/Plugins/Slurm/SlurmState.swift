/// A job's state as the controller stores it: one of the base states, and flags above it (`enum job_states` of
/// slurm.h).
struct SlurmState: Hashable {
  /// In the order of slurm.h, whose numbers are part of Slurm's protocol.
  enum Base: UInt32, CaseIterable {
    case pending, running, suspended, complete, cancelled, failed, timeout, nodeFail, preempted, bootFail,
      deadline,
      outOfMemory
  }

  enum Flag: UInt32, CaseIterable {
    case launchFailed = 0x100
    case updateDB = 0x200
    case requeue = 0x400
    case requeueHold = 0x800
    case specialExit = 0x1000
    case resizing = 0x2000
    case configuring = 0x4000
    case completing = 0x8000
    case stopped = 0x1_0000
    case reconfigFail = 0x2_0000
    case powerUpNode = 0x4_0000
    case revoked = 0x8_0000
    case requeueFederation = 0x10_0000
    case reservationDeletedHold = 0x20_0000
    case signaling = 0x40_0000
    case stageOut = 0x80_0000
  }

  var raw: UInt32

  /// nil for an unknown state.
  var base: Base? { Base(rawValue: raw & 0xff) }

  func has(_ flag: Flag) -> Bool { raw & flag.rawValue != 0 }

  /// Whether the job may still run or run again. An unknown state counts as alive.
  var isAlive: Bool {
    if has(.requeue) || has(.requeueHold) || has(.specialExit) || has(.requeueFederation) { return true }
    return switch base {
    case .pending, .running, .suspended, nil: true
    case .complete, .cancelled, .failed, .timeout, .nodeFail, .preempted, .bootFail, .deadline, .outOfMemory:
      false
    }
  }

  var isRunning: Bool { base == .running || base == .suspended }
}
