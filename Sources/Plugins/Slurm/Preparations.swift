import JobmonCore

/// The batches whose files are being created. Cancellations of their tasks wait until this is done.
struct Preparations {
  private var tokens: [TaskInstanceID: String] = [:]
  private var cancelled: [String: [TaskInstanceID]] = [:]
  private var instances: [String: [TaskInstanceID]] = [:]

  var isEmpty: Bool { instances.isEmpty }

  mutating func begin(_ token: String, _ instances: [TaskInstanceID]) {
    self.instances[token, default: []] += instances
    for instance in instances { tokens[instance] = token }
  }

  /// Ends the preparation of a batch. Returns its tasks that were cancelled in the meantime.
  mutating func end(_ token: String) -> [TaskInstanceID] {
    for instance in instances.removeValue(forKey: token) ?? [] { tokens[instance] = nil }
    return cancelled.removeValue(forKey: token) ?? []
  }

  /// Returns those of these instances that can be cancelled now, and keeps the others for later.
  mutating func postponing(_ wanted: [TaskInstanceID]) -> [TaskInstanceID] {
    wanted.filter { instance in
      guard let token = tokens[instance] else { return true }
      cancelled[token, default: []].append(instance)
      return false
    }
  }
}
