// A plugin's description of itself.

extension ExecutorDescription: WireShape {
  init(wire: WireReader) throws {
    let capabilities: [String] = try wire.find(.capabilities) ?? []
    let versions = try wire.nestedContainer(keyedBy: WireKey.self, forKey: .protocolVersions)
    let lowest: Int = try versions.get(.min)
    let highest: Int = try versions.get(.max)
    guard lowest <= highest else { throw wire.wrong(.protocolVersions, "has a min greater than its max") }
    self.init(
      health: try wire.shapeIfPresent(.health) ?? .ready,
      queues: try wire.contains(.queues) ? wire.shapes(.queues) : [],
      // Unknown capabilities come from later versions and are ignored.
      capabilities: Set(capabilities.compactMap { ExecutorCapability.wireWords[$0] }),
      maxBatch: try wire.count(.maxBatch, from: 1), placement: try wire.shape(.placement),
      outlivesDriver: try wire.get(.outlivesDriver), protocolVersions: lowest...highest)
    resourceKeys = Set(try wire.find(.resourceKeys) as [String]? ?? [])
    options = try wire.contains(.options) ? wire.shapes(.options) : nil
    about = try wire.find(.description)
  }

  func write(to wire: inout WireWriter) throws {
    var versions = wire.nestedContainer(keyedBy: WireKey.self, forKey: .protocolVersions)
    try versions.put(.min, protocolVersions.lowerBound)
    try versions.put(.max, protocolVersions.upperBound)
    try wire.put(.health, health)
    if !queues.isEmpty { try wire.put(.queues, queues) }
    let words = ExecutorCapability.wireWords.filter { capabilities.contains($0.value) }.keys.sorted()
    try wire.put(.capabilities, words)
    if !resourceKeys.isEmpty { try wire.put(.resourceKeys, resourceKeys.sorted()) }
    if let options { try wire.put(.options, options) }
    if let about { try wire.put(.description, about) }
    try wire.put(.maxBatch, maxBatch)
    try wire.put(.placement, placement)
    try wire.put(.outlivesDriver, outlivesDriver)
  }
}

extension ExecutorCapability {
  static let wireWords: [String: ExecutorCapability] = [
    "enforces_memory": .enforcesMemory, "enforces_runtime": .enforcesRuntime, "reports_usage": .reportsUsage,
    "reads_waiting_reasons": .readsWaitingReasons, "prefetches": .prefetches,
    "simulates": .simulates,
  ]
}

extension ClusterHealth: WireShape {
  init(wire: WireReader) throws {
    self =
      try wire.word(.state, ["ready": true, "unavailable": false])
      ? .ready : .unavailable(wire.find(.why) ?? "no reason given")
  }

  func write(to wire: inout WireWriter) throws {
    switch self {
    case .ready: try wire.put(.state, "ready")
    case .unavailable(let why):
      try wire.put(.state, "unavailable")
      try wire.put(.why, why)
    }
  }
}

extension ClusterQueue: WireShape {
  init(wire: WireReader) throws {
    self.init(
      name: try wire.get(.name), isDefault: try wire.find(.isDefault) ?? false,
      maxCores: try wire.wholeIfPresent(.maxCores, from: 0, most: WireNumber.mostOfAnything).map { Int($0) },
      maxMemory: try wire.wholeIfPresent(.maxMemory, from: 0, most: WireNumber.mostMemory),
      maxRuntime: try wire.wholeIfPresent(.maxRuntime, from: 0, most: WireNumber.mostSeconds))
  }

  func write(to wire: inout WireWriter) throws {
    try wire.put(.name, name)
    if isDefault { try wire.put(.isDefault, true) }
    try wire.put(.maxCores, maxCores)
    try wire.put(.maxMemory, maxMemory)
    try wire.put(.maxRuntime, maxRuntime)
  }
}

extension ClusterNode: WireShape {
  init(wire: WireReader) throws {
    self.init(
      name: try wire.get(.name), cores: try wire.count(.cores),
      memory: try wire.whole(.memory, from: 0, most: WireNumber.mostMemory))
  }

  func write(to wire: inout WireWriter) throws {
    try wire.put(.name, name)
    try wire.put(.cores, cores)
    try wire.put(.memory, memory)
  }
}

extension Placement: WireShape {
  init(wire: WireReader) throws {
    self =
      try wire.word(.by, ["core": true, "backend": false])
      ? .core(wire.shapes(.nodes)) : .backend(maxOutstanding: wire.count(.maxOutstanding))
  }

  func write(to wire: inout WireWriter) throws {
    switch self {
    case .backend(let most):
      try wire.put(.by, "backend")
      try wire.put(.maxOutstanding, most)
    case .core(let nodes):
      try wire.put(.by, "core")
      try wire.put(.nodes, nodes)
    }
  }
}

extension ClusterOption: WireShape {
  init(wire: WireReader) throws {
    self.init(
      try wire.get(.name), try wire.word(.type, ClusterOption.Kind.wireWords),
      try wire.find(.description) ?? "")
  }

  func write(to wire: inout WireWriter) throws {
    try wire.put(.name, name)
    try wire.put(.type, kind.rawValue)
    if !meaning.isEmpty { try wire.put(.description, meaning) }
  }
}

extension ClusterOption.Kind {
  static let wireWords = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })
}
