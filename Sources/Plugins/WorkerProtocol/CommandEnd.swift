/// Why a command ended.
public enum CommandEnd: Hashable, Sendable {
  /// It exited with this code; 0 is success.
  case exit(Int)
  /// It was ended by a signal that the worker did not send.
  case signal(Int)
  /// It was ended because it used more memory than its order allows.
  case memory
  /// It was ended because it ran longer than its order allows.
  case runtime
  /// The driver requested its end, or the driver has ended.
  case interrupted
  /// It was not started, or could not be started as requested.
  case launchFailure(LaunchFault)
  /// It ran and failed, and the disk of its log files is full.
  case fullDisk
}

extension CommandEnd {
  var code: (kind: UInt8, value: Int) {
    switch self {
    case .exit(let code): (1, code)
    case .signal(let number): (2, number)
    case .memory: (3, 0)
    case .runtime: (4, 0)
    case .interrupted: (5, 0)
    case .launchFailure(let fault): (6, fault.rawValue)
    case .fullDisk: (7, 0)
    }
  }

  init(kind: UInt8, value: Int) throws(FrameError) {
    switch kind {
    case 1: self = .exit(value)
    case 2: self = .signal(value)
    case 3: self = .memory
    case 4: self = .runtime
    case 5: self = .interrupted
    case 6: self = .launchFailure(LaunchFault(rawValue: value) ?? .temporary)
    case 7: self = .fullDisk
    default: throw .unknownKind(kind)
    }
  }
}
