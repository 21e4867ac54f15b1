import JobmonModel

/// Tasks of one template with identical resources, submitted together under one token.
public struct Batch: Codable, Sendable {
  /// Unique for all time, committed to the store before the batch is submitted.
  public var token: String
  /// The name of the tasks' template; for people and for grouping in the backend's own lists, no identifier.
  public var template: String
  /// What each task of the batch asks for, not all of them together.
  public var resources: ResourceRequest
  /// At most ``ExecutorDescription/maxBatch`` of them.
  public var tasks: [BatchTask]

  /// Makes a batch whose token is committed already. Tasks of one batch have different indices.
  public init(token: String, template: String, resources: ResourceRequest, tasks: [BatchTask]) {
    self.token = token
    self.template = template
    self.resources = resources
    self.tasks = tasks
  }
}

/// One task instance of a batch: everything needed to run its command.
public struct BatchTask: Codable, Sendable {
  /// Index in the batch, from 0. `<token>.<index>` is the instance's `JOBMON_TOKEN`.
  public var index: Int
  /// The attempt's id in the store: unique there for all time, another one for each attempt of a task.
  public var instance: TaskInstanceID
  /// The task's name, for people: at most 249 bytes, and several tasks may have the same.
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
  /// See ``stdout``.
  public var stderr: String

  /// Makes a task that starts at once, has no attributes, and whose node has one place.
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
  /// An attempt that may still run, and may have ended unseen.
  public struct Instance: Codable, Sendable {
    /// Index in the batch, from 0, as ``BatchTask/index``.
    public var index: Int
    /// The attempt's id in the store.
    public var instance: TaskInstanceID
    /// What the backend called the job, where its answer was committed.
    public var handle: String?

    /// Makes an attempt; `handle` is nil where no answer of the backend was committed.
    public init(index: Int, instance: TaskInstanceID, handle: String?) {
      self.index = index
      self.instance = instance
      self.handle = handle
    }
  }

  /// The token that the batch was submitted under.
  public var token: String
  /// What each of its tasks asked for.
  public var resources: ResourceRequest
  /// The instances without a committed outcome.
  public var instances: [Instance]
  /// Whether to end what still runs (cold) or to take it over (hot).
  public var cancel: Bool

  /// Makes a batch that names only its instances without a committed outcome.
  public init(token: String, resources: ResourceRequest, instances: [Instance], cancel: Bool) {
    self.token = token
    self.resources = resources
    self.instances = instances
    self.cancel = cancel
  }
}
