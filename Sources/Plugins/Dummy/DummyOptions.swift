import Foundation
import JobmonCore

/// The properties of a dummy cluster: its options in the registry, which override those of its scenario file.
public struct DummyOptions: Sendable {
  /// The clock of the cluster.
  public enum Time: String, CaseIterable, Sendable {
    /// The wall clock: a task of 5 seconds takes 5 seconds.
    case real
    /// A simulated clock (``SimulatedClock``): nothing waits.
    case virtual
  }

  /// The seed of all random numbers.
  public var seed: UInt64 = 1
  /// The clock of the cluster.
  public var time = Time.real

  /// The number of nodes: at most 1,000,000, because each is simulated individually.
  public var nodes = 1
  /// Cores per node.
  public var cores = 10_000
  /// Bytes per node; the default of 1 PiB is in effect no limit.
  public var memory: Int64 = 1 << 50
  /// If the cluster has a queue of its own: how many tasks it accepts; nil if the core places tasks on its nodes.
  public var maxOutstanding: Int?
  /// Maximum number of tasks per submission.
  public var maxBatch = 10_000
  /// The queues and their limits; empty if requests need no queue.
  public var queues: [ClusterQueue] = []

  /// The minimum time from the submission to the start.
  public var queueWait = Distribution.constant(0)
  /// The runtime of tasks for which nothing else sets it.
  public var runtime = Distribution.constant(0)
  /// Whether commands such as `sleep 5` set the runtime.
  public var readsCommands = false
  /// Runtimes by template.
  public var runtimes: [String: Distribution] = [:]
  /// Runtimes in seconds by task name.
  public var trace: [String: Double] = [:]
  /// The task attribute that sets the runtime.
  public var runtimeAttribute = "simulated_runtime"
  /// The peak memory of a task, in bytes.
  public var peakMemory: Distribution?
  /// The task attribute that sets the peak memory of a task; it overrides ``peakMemory``.
  public var memoryAttribute = "simulated_peak_memory"

  /// The time from a call to its answer.
  public var answer = Distribution.constant(0)
  /// The delay from what happens to its event.
  public var late = Distribution.constant(0)
  /// The simulated faults and their probabilities; none by default.
  public var faults = Faults()

  /// Faults: probabilities from 0 to 1 per attempt or per submission.
  public struct Faults: Hashable, Sendable {
    /// The node cannot start the command.
    public var launch = 0.0
    /// The command exits with ``exitCode``.
    public var exit = 0.0
    /// The exit code of commands that fail, from 1 to 255.
    public var exitCode = 1
    /// The command is ended by signal 11 (SEGV).
    public var signal = 0.0
    /// The command uses more memory than it requested, if it requested an amount.
    public var memory = 0.0
    /// The cluster preempts the task: an infrastructure failure.
    public var preempted = 0.0
    /// The cluster loses the task.
    public var lost = 0.0
    /// An operator cancels the task.
    public var cancelled = 0.0
    /// An event is posted twice.
    public var duplicate = 0.0
    /// The submission is rejected permanently.
    public var refused = 0.0
    /// The submission is deferred.
    public var deferred = 0.0
    /// The answer to the submission is lost; half of these submissions were accepted.
    public var unanswered = 0.0
    /// How long a node is up before it fails.
    public var nodeLoss: Distribution?
    /// How long a failed node is down.
    public var nodeAbsence = Distribution.constant(60)
  }

  /// One node with 10,000 cores on which everything takes no time and nothing fails.
  public init() {}

  /// - Throws: ``ExecutorError`` naming the option and its valid values.
  public init(_ options: [String: JSONValue], cluster: String) throws {
    var all = options
    if let file = options["scenario"] {
      guard case .string(let path) = file else {
        throw Self.bad(cluster, "scenario", "the path of a JSON file")
      }
      all = try Self.scenario(path, cluster: cluster).merging(options) { $1 }
    }
    try ClusterOption.check(all, against: Self.declared, cluster: cluster)
    for (key, value) in all.sorted(by: { $0.key < $1.key }) where value != .null {
      try set(key, value, cluster)
    }
  }

  /// Each node is simulated individually.
  private static let mostNodes = 1_000_000

  static let declared: [ClusterOption] = [
    ClusterOption("seed", .integer, "seed of the random numbers"),
    ClusterOption("time", .text, "real, or virtual (no waiting)"),
    ClusterOption("scenario", .text, "a JSON file with further options"),
    ClusterOption("nodes", .integer, "number of nodes"),
    ClusterOption("cores", .integer, "cores of each node"),
    ClusterOption("memory", .size, "memory of each node"),
    ClusterOption("max_outstanding", .integer, "the cluster has its own queue for this many tasks"),
    ClusterOption("max_batch", .integer, "tasks in one submission"),
    ClusterOption("queues", .list, "queues and their limits"),
    ClusterOption("queue_wait", .any, "from submission to start"),
    ClusterOption("runtime", .any, #"run time of tasks; "command": as in `sleep N`"#),
    ClusterOption("runtimes", .object, "run time of tasks, by template"),
    ClusterOption("trace", .text, "a file with lines name,seconds"),
    ClusterOption("runtime_attribute", .text, "task attribute with the run time"),
    ClusterOption("peak_memory", .any, "peak memory of tasks"),
    ClusterOption("memory_attribute", .text, "task attribute with the peak memory"),
    ClusterOption("answer", .any, "delay of answers"),
    ClusterOption("late", .any, "delay of events"),
    ClusterOption("faults", .object, "faults and their probabilities"),
    ClusterOption(
      "oversubscribe", .boolean, "as on a local cluster: requests are reduced to the size of a node"),
  ]

  private mutating func set(_ key: String, _ value: JSONValue, _ cluster: String) throws {
    switch key {
    case "seed":
      guard let number = value.wholeNumber else {
        throw Self.bad(cluster, key, "a whole number of 64 bits", value)
      }
      seed = UInt64(bitPattern: number)
    case "time":
      guard case .string(let text) = value, let time = Time(rawValue: text) else {
        throw Self.bad(cluster, key, "real or virtual", value)
      }
      self.time = time
    case "nodes": nodes = try Self.count(value, key, cluster, most: Self.mostNodes)
    case "cores": cores = try Self.count(value, key, cluster)
    case "memory":
      guard let size = value.bytes else { throw Self.bad(cluster, key, #"a size, such as "16G""#, value) }
      memory = size
    case "max_outstanding": maxOutstanding = try Self.count(value, key, cluster)
    case "max_batch": maxBatch = try Self.count(value, key, cluster)
    case "queues": queues = try ClusterQueue.list(option: value, cluster: cluster)
    case "queue_wait": queueWait = try Self.times(value, key, cluster)
    case "runtime":
      if value == .string("command") {
        readsCommands = true
      } else {
        runtime = try Self.times(value, key, cluster)
      }
    case "runtimes":
      guard case .object(let templates) = value else { break }
      for (name, value) in templates { runtimes[name] = try Self.times(value, "runtimes.\(name)", cluster) }
    case "trace": if case .string(let path) = value { trace = try Self.trace(path, cluster: cluster) }
    case "runtime_attribute": if case .string(let name) = value { runtimeAttribute = name }
    case "memory_attribute": if case .string(let name) = value { memoryAttribute = name }
    case "peak_memory":
      guard let sizes = Distribution(value, figure: { $0.bytes.map(Double.init) }) else {
        throw Self.bad(
          cluster, key, #"a size, such as "4G", or a distribution, such as {"uniform": ["1G", "4G"]}"#, value)
      }
      peakMemory = sizes
    case "answer": answer = try Self.times(value, key, cluster)
    case "late": late = try Self.times(value, key, cluster)
    case "faults": if case .object(let keys) = value { faults = try Faults(keys, cluster: cluster) }
    default: break
    }
  }

  static func times(_ value: JSONValue, _ key: String, _ cluster: String) throws -> Distribution {
    if let times = Distribution(value, figure: \.duration) { return times }
    throw bad(
      cluster, key, #"a time, such as "90s", or a distribution, such as {"lognormal": ["10m", 0.5]}"#, value)
  }

  private static func count(
    _ value: JSONValue, _ key: String, _ cluster: String, most: Int = ComputeResources.mostCores
  ) throws -> Int {
    guard let number = value.wholeNumber, (1...Int64(most)).contains(number) else {
      throw bad(cluster, key, "a number from 1 to \(most)", value)
    }
    return Int(number)
  }

  static func bad(_ cluster: String, _ key: String, _ expected: String, _ value: JSONValue? = nil)
    -> ExecutorError
  {
    ClusterOption.wrong(key, of: cluster, mustBe: expected, not: value)
  }

  // MARK: Files

  private static func scenario(_ path: String, cluster: String) throws -> [String: JSONValue] {
    guard let data = OSFile.contents(path) else {
      throw bad(cluster, "scenario", "the path of a JSON file; \(path) cannot be read")
    }
    do {
      return try JSONDecoder().decode([String: JSONValue].self, from: data)
    } catch DecodingError.typeMismatch {
      throw bad(cluster, "scenario", "the path of a JSON file; \(path) does not contain an object of options")
    } catch {
      throw bad(
        cluster, "scenario",
        "the path of a JSON file; \(path) is not valid JSON: \(PluginRegistry.Layer.sentence(error))")
    }
  }

  private static func trace(_ path: String, cluster: String) throws -> [String: Double] {
    guard let data = OSFile.contents(path) else {
      throw bad(cluster, "trace", "the path of a file with lines name,seconds; \(path) cannot be read")
    }
    var trace: [String: Double] = [:]
    let text = TextLines.withoutMark(String(decoding: data, as: UTF8.self))
    for (number, line) in TextLines.split(text).enumerated() where !TextLines.isBlank(line) {
      guard let comma = line.lastIndex(of: ","),
        let seconds = JSONValue.string(String(line[line.index(after: comma)...])).duration
      else {
        if number == 0 { continue }  // the header
        throw bad(
          cluster, "trace",
          "the path of a file with lines name,seconds; line \(number + 1) of \(path) is '\(line)'")
      }
      trace[String(line[..<comma])] = seconds
    }
    return trace
  }
}

extension DummyOptions.Faults {
  /// - Throws: ``ExecutorError`` naming the fault and its valid values.
  init(_ keys: [String: JSONValue], cluster: String) throws {
    let probabilities: [String: WritableKeyPath<Self, Double>] = [
      "launch": \.launch, "exit": \.exit, "signal": \.signal, "memory": \.memory, "preempted": \.preempted,
      "lost": \.lost, "cancelled": \.cancelled, "duplicate": \.duplicate, "refused": \.refused,
      "deferred": \.deferred, "unanswered": \.unanswered,
    ]
    let others = ["exit_code", "node_loss", "node_absence"]
    for (key, value) in keys.sorted(by: { $0.key < $1.key }) where value != .null {
      if let path = probabilities[key] {
        guard let probability = value.plainNumber, (0...1).contains(probability) else {
          throw DummyOptions.bad(cluster, "faults.\(key)", "a probability from 0 to 1", value)
        }
        self[keyPath: path] = probability
      } else if key == "exit_code" {
        guard let code = value.wholeNumber, (1...255).contains(code) else {
          throw DummyOptions.bad(cluster, "faults.exit_code", "an exit code from 1 to 255", value)
        }
        exitCode = Int(code)
      } else if key == "node_loss" {
        nodeLoss = try DummyOptions.times(value, "faults.node_loss", cluster)
      } else if key == "node_absence" {
        nodeAbsence = try DummyOptions.times(value, "faults.node_absence", cluster)
      } else {
        throw ClusterOption.unknown(
          "faults.\(key)", among: (probabilities.keys + others).map { "faults.\($0)" }, cluster: cluster)
      }
    }
  }
}
