import JobmonModel

/// Tasks of one template with identical resources, submitted together under one token.
public struct Batch: Codable, Sendable {
  /// Unique for all time, committed to the store before the batch is submitted.
  public var token: String
  public var template: String
  public var resources: ResourceRequest
  public var tasks: [BatchTask]

  public init(token: String, template: String, resources: ResourceRequest, tasks: [BatchTask]) {
    self.token = token
    self.template = template
    self.resources = resources
    self.tasks = tasks
  }
}

/// One task instance of a batch: everything needed to run its command.
public struct BatchTask: Codable, Sendable {
  /// Place in the batch, from 0. `<token>.<index>` is the instance's `JOBMON_TOKEN`.
  public var index: Int
  public var instance: TaskInstanceID
  public var name: String
  /// Run by `/bin/sh -c`, or so that nobody can tell the difference.
  public var command: String
  /// The node that the core placed it on; nil where the backend places.
  public var node: String?
  /// Whether it waits at its node until fewer than ``places`` tasks of its size run there; else it starts at once.
  public var waits = false
  /// The places that its node has for tasks of its size (its cores and memory), for all that were submitted.
  public var places = 1
  /// `NAME=value`, added to the driver's environment. Empty in simulated time, as are the files (``SimulatedClock``).
  public var environment: [String]
  /// What the definition says of it beyond what is run (`attributes`).
  public var attributes: [String: String] = [:]
  /// The files that standard output and standard error go to; equal paths are one file.
  public var stdout: String
  public var stderr: String

  public init(
    index: Int, instance: TaskInstanceID, name: String, command: String, node: String?, environment: [String],
    stdout: String, stderr: String
  ) {
    self.index = index
    self.instance = instance
    self.name = name
    self.command = command
    self.node = node
    self.environment = environment
    self.stdout = stdout
    self.stderr = stderr
  }
}

/// What the store knows of a batch that an earlier driver committed, for ``Executor/recover(_:)``.
public struct RecoverableBatch: Codable, Sendable {
  public struct Instance: Codable, Sendable {
    public var index: Int
    public var instance: TaskInstanceID
    /// What the backend called the job, where its answer was committed.
    public var handle: String?

    public init(index: Int, instance: TaskInstanceID, handle: String?) {
      self.index = index
      self.instance = instance
      self.handle = handle
    }
  }

  public var token: String
  public var resources: ResourceRequest
  /// The instances without a committed outcome.
  public var instances: [Instance]
  /// Whether to end what still runs (cold) or to take it over (hot).
  public var cancel: Bool

  public init(token: String, resources: ResourceRequest, instances: [Instance], cancel: Bool) {
    self.token = token
    self.resources = resources
    self.instances = instances
    self.cancel = cancel
  }
}
