/// A message that a plugin sends on its own: an ``ExecutorEvent``.
enum WireNotice: Sendable {
  case event(ExecutorEvent)
  /// The verdicts for one `validate`, with the id of that call.
  case validated(call: Int, [ResourceVerdict])

  var method: String {
    switch self {
    case .validated: "validated"
    case .event(let event):
      switch event {
      case .info: "info"
      case .validated: "validated"
      case .submitted: "submitted"
      case .capacity: "capacity"
      case .nodeUp: "nodeUp"
      case .nodeDown: "nodeDown"
      case .started: "started"
      case .waiting: "waiting"
      case .ended: "ended"
      case .usage: "usage"
      case .cancelled: "cancelled"
      case .recovered: "recovered"
      case .log: "log"
      case .health: "health"
      }
    }
  }

  /// nil if the method is unknown.
  init?(method: String, params: () throws -> WireReader) throws {
    switch method {
    case "info": self = .event(.info(try ExecutorDescription(wire: params())))
    case "validated":
      let wire = try params()
      self = .validated(call: try wire.get(.call), try wire.shapes(.verdicts))
    case "submitted":
      let wire = try params()
      self = .event(.submitted(try wire.get(.instances), try SubmissionVerdict(wire: wire)))
    case "capacity": self = .event(.capacity(try params().count(.more)))
    case "nodeUp": self = .event(.nodeUp(try ClusterNode(wire: params())))
    case "nodeDown": self = .event(.nodeDown(try params().get(.name)))
    case "started":
      let wire = try params()
      self = .event(
        .started(try wire.get(.instance), node: try wire.find(.node), at: try wire.time(.at) ?? .now))
    case "waiting":
      let wire = try params()
      self = .event(.waiting(try wire.get(.instances), reason: try wire.get(.reason)))
    case "ended":
      let wire = try params()
      self = .event(.ended(try wire.get(.instance), try wire.shape(.outcome)))
    case "usage":
      let wire = try params()
      self = .event(.usage(try wire.get(.instance), try wire.shape(.usage)))
    case "cancelled":
      let wire = try params()
      self = .event(.cancelled(try wire.get(.instance), try wire.word(.verdict, Self.cancelWords)))
    case "recovered":
      let wire = try params()
      self = .event(.recovered(try wire.get(.instance), try RecoveryVerdict(wire: wire)))
    case "log":
      let wire = try params()
      self = .event(.log(try wire.word(.level, Self.levels), try wire.get(.text)))
    case "health": self = .event(.health(try ClusterHealth(wire: params())))
    default: return nil
    }
  }

  func write(to params: inout WireWriter) throws {
    switch self {
    case .validated(let call, let verdicts):
      try params.put(.call, call)
      try params.put(.verdicts, verdicts)
    case .event(let event): try Self.write(event, to: &params)
    }
  }

  private static func write(_ event: ExecutorEvent, to params: inout WireWriter) throws {
    switch event {
    case .info(let description): try description.write(to: &params)
    case .validated(_, let verdicts): try params.put(.verdicts, verdicts)
    case .submitted(let instances, let verdict):
      try params.put(.instances, instances)
      try verdict.write(to: &params)
    case .capacity(let more): try params.put(.more, more)
    case .nodeUp(let node): try node.write(to: &params)
    case .nodeDown(let name): try params.put(.name, name)
    case .started(let instance, let node, let time):
      try params.put(.instance, instance)
      try params.put(.node, node)
      try params.put(.at, time)
    case .waiting(let instances, let reason):
      try params.put(.instances, instances)
      try params.put(.reason, reason)
    case .ended(let instance, let outcome):
      try params.put(.instance, instance)
      try params.put(.outcome, outcome)
    case .usage(let instance, let usage):
      try params.put(.instance, instance)
      try params.put(.usage, usage)
    case .cancelled(let instance, let verdict):
      try params.put(.instance, instance)
      try params.put(.verdict, cancelWords.first { $0.value == verdict }?.key)
    case .recovered(let instance, let verdict):
      try params.put(.instance, instance)
      try verdict.write(to: &params)
    case .log(let level, let text):
      try params.put(.level, level.rawValue)
      try params.put(.text, text)
    case .health(let health): try health.write(to: &params)
    }
  }

  private static let cancelWords: [String: CancelVerdict] = [
    "requested": .requested, "already_ended": .alreadyEnded, "failed": .failed,
  ]
  private static let levels: [String: LogLevel] = [
    "debug": .debug, "info": .info, "warning": .warning, "error": .error,
  ]
}
