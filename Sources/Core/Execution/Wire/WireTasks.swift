import JobmonModel

// Messages to a plugin about tasks.

extension ResourceRequest: WireShape {
  init(wire: WireReader) throws {
    self.init(
      ComputeResources(
        cores: try wire.count(.cores),
        memory: try wire.wholeIfPresent(.memory, from: 0, most: .max),
        runtime: try wire.wholeIfPresent(.runtime, from: 0, most: .max),
        queue: try wire.find(.queue), project: try wire.find(.project),
        constraints: try wire.find(.constraints), stdout: try wire.find(.stdout),
        stderr: try wire.find(.stderr), other: try wire.find(.other) ?? [:]))
  }

  func write(to wire: inout WireWriter) throws {
    try wire.put(.cores, cores)
    try wire.put(.memory, memory)
    try wire.put(.runtime, runtime)
    try wire.put(.queue, queue)
    try wire.put(.project, project)
    try wire.put(.constraints, constraints)
    try wire.put(.stdout, stdout)
    try wire.put(.stderr, stderr)
    if !other.isEmpty { try wire.put(.other, other) }
  }
}

extension Batch: WireShape {
  init(wire: WireReader) throws {
    self.init(
      token: try wire.get(.token), template: try wire.get(.template), resources: try wire.shape(.resources),
      tasks: try wire.shapes(.tasks))
  }

  func write(to wire: inout WireWriter) throws {
    try wire.put(.token, token)
    try wire.put(.template, template)
    try wire.put(.resources, resources)
    try wire.put(.tasks, tasks)
  }
}

extension BatchTask: WireShape {
  init(wire: WireReader) throws {
    self.init(
      index: try wire.get(.index), instance: try wire.get(.instance), name: try wire.get(.name),
      command: try wire.get(.command), node: try wire.find(.node), environment: try wire.get(.environment),
      stdout: try wire.get(.stdout), stderr: try wire.get(.stderr))
    attributes = try wire.find(.attributes) ?? [:]
    waits = try wire.find(.waits) ?? false
    places = try wire.find(.places) ?? 1
  }

  func write(to wire: inout WireWriter) throws {
    try wire.put(.index, index)
    try wire.put(.instance, instance)
    try wire.put(.name, name)
    try wire.put(.command, command)
    try wire.put(.node, node)
    try wire.put(.environment, environment)
    if !attributes.isEmpty { try wire.put(.attributes, attributes) }
    try wire.put(.stdout, stdout)
    try wire.put(.stderr, stderr)
    if waits { try wire.put(.waits, true) }
    if places > 1 { try wire.put(.places, places) }
  }
}

extension RecoverableBatch: WireShape {
  init(wire: WireReader) throws {
    self.init(
      token: try wire.get(.token), resources: try wire.shape(.resources),
      instances: try wire.shapes(.instances), cancel: try wire.get(.cancel))
  }

  func write(to wire: inout WireWriter) throws {
    try wire.put(.token, token)
    try wire.put(.resources, resources)
    try wire.put(.instances, instances)
    try wire.put(.cancel, cancel)
  }
}

extension RecoverableBatch.Instance: WireShape {
  init(wire: WireReader) throws {
    self.init(index: try wire.get(.index), instance: try wire.get(.instance), handle: try wire.find(.handle))
  }

  func write(to wire: inout WireWriter) throws {
    try wire.put(.index, index)
    try wire.put(.instance, instance)
    try wire.put(.handle, handle)
  }
}
