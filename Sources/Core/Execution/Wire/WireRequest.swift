import JobmonModel

/// A call of the host to a plugin. The plugin responds as soon as it has recorded the call. Results follow as notices
/// (``WireNotice``).
enum WireRequest: Sendable {
  case start(WireStart)
  case validate([ResourceRequest])
  case submit(Batch)
  case cancel([TaskInstanceID])
  case withdraw([TaskInstanceID])
  case recover([RecoverableBatch])
  case acknowledge([TaskInstanceID])
  case stop(ExecutorStopMode)

  var method: String {
    switch self {
    case .start: "start"
    case .validate: "validate"
    case .submit: "submit"
    case .cancel: "cancel"
    case .withdraw: "withdraw"
    case .recover: "recover"
    case .acknowledge: "acknowledge"
    case .stop: "stop"
    }
  }

  /// nil if the method is unknown.
  init?(method: String, params: () throws -> WireReader) throws {
    switch method {
    case "start": self = .start(try WireStart(wire: params()))
    case "validate": self = .validate(try params().shapes(.requests))
    case "submit": self = .submit(try Batch(wire: params()))
    case "cancel": self = .cancel(try params().get(.instances))
    case "withdraw": self = .withdraw(try params().get(.instances))
    case "recover": self = .recover(try params().shapes(.batches))
    case "acknowledge": self = .acknowledge(try params().get(.instances))
    case "stop": self = .stop(try params().word(.mode, Self.modes))
    default: return nil
    }
  }

  func write(to params: inout WireWriter) throws {
    switch self {
    case .start(let start): try start.write(to: &params)
    case .validate(let requests): try params.put(.requests, requests)
    case .submit(let batch): try batch.write(to: &params)
    case .cancel(let instances), .withdraw(let instances), .acknowledge(let instances):
      try params.put(.instances, instances)
    case .recover(let batches): try params.put(.batches, batches)
    case .stop(let mode): try params.put(.mode, Self.modes.first { $0.value == mode }?.key)
    }
  }

  private static let modes: [String: ExecutorStopMode] = [
    "leave_running": .leaveRunning, "cancel_all": .cancelAll,
  ]
}

/// The ``ExecutorContext`` as a message.
struct WireStart: WireShape, Sendable {
  /// The versions of the protocol that the host supports.
  static let versions = 1...1

  var versions: ClosedRange<Int>
  var cluster: String
  var options: [String: JSONValue]
  var runUUID: String
  var workingDirectory: String
  var environment: [String]
  var killGrace: Double
  /// How many times this run has restarted the plugin.
  var restarts: Int

  init(_ context: ExecutorContext, restarts: Int) {
    versions = Self.versions
    cluster = context.cluster
    options = context.options
    runUUID = context.runUUID
    workingDirectory = context.workingDirectory
    environment = context.environment
    killGrace = context.killGrace
    self.restarts = restarts
  }

  init(wire: WireReader) throws {
    let versions = try wire.nestedContainer(keyedBy: WireKey.self, forKey: .protocolVersions)
    let lowest: Int = try versions.get(.min)
    self.versions = lowest...Swift.max(lowest, try versions.get(.max))
    cluster = try wire.get(.cluster)
    options = try wire.get(.options)
    runUUID = try wire.get(.run)
    workingDirectory = try wire.get(.workingDirectory)
    environment = try wire.get(.environment)
    killGrace = try wire.get(.killGrace)
    restarts = try wire.find(.restarts) ?? 0
  }

  func write(to wire: inout WireWriter) throws {
    var versions = wire.nestedContainer(keyedBy: WireKey.self, forKey: .protocolVersions)
    try versions.put(.min, self.versions.lowerBound)
    try versions.put(.max, self.versions.upperBound)
    try wire.put(.cluster, cluster)
    try wire.put(.options, options)
    try wire.put(.run, runUUID)
    try wire.put(.tokenPrefix, ExecutorContext.tokenPrefix(runUUID: runUUID))
    try wire.put(.workingDirectory, workingDirectory)
    try wire.put(.environment, environment)
    try wire.put(.killGrace, killGrace)
    try wire.put(.restarts, restarts)
  }
}
