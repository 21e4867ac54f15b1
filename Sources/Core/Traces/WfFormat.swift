import Foundation
import JobmonModel

/// A workflow instance of WfCommons (wfcommons.org): the tasks, their order, and their run times. Versions 1.0 to 1.4
/// have all data of a task in one place. Later versions separate its definition (`specification`) from its execution
/// (`execution`).
public struct WfFormat: Codable, Sendable {
  /// The command of a task.
  public struct Command: Codable, Sendable {
    /// The program's name or path, without arguments; nil if it was not recorded.
    public var program: String?
    /// The arguments, one word each; nil if they were not recorded.
    public var arguments: [String]?
  }

  /// A task as specified. In versions up to 1.4 it includes the execution.
  public struct Task: Codable, Sendable {
    /// The task's name, often that of its program. Not unique in later versions.
    public var name: String
    /// The id of the task; nil in old versions, where ``name`` is used.
    public var id: String?
    /// The ids of its upstream tasks; nil if only ``children`` lists are given.
    public var parents: [String]?
    /// The ids of its downstream tasks; nil if only ``parents`` lists are given.
    public var children: [String]?
    /// The kind of task. Tasks with the same category become one template.
    public var category: String?
    /// The ids of the files that it reads. Not used by imports.
    public var inputFiles: [String]?
    /// The ids of the files that it writes. Not used by imports.
    public var outputFiles: [String]?
    /// Run time in seconds (version 1.4).
    public var runtimeInSeconds: Double?
    /// Run time in seconds up to version 1.3.
    public var runtime: Double?
    /// Number of cores; a fraction is rounded up. Up to version 1.4.
    public var cores: Double?
    /// Resident memory in bytes. Up to version 1.4.
    public var memoryInBytes: Double?
    /// The command of the task. Up to version 1.4.
    public var command: Command?
  }

  /// The execution of a task.
  public struct Execution: Codable, Sendable {
    /// The id of the task in the specification.
    public var id: String
    /// Run time in seconds; nil if it was not recorded.
    public var runtimeInSeconds: Double?
    /// When the task started, in ISO 8601; nil if it was not recorded.
    public var executedAt: String?
    /// The kind of task; overrides that of the specification.
    public var category: String?
    /// The command of the task; nil if it was not recorded.
    public var command: Command?
    /// Number of cores; a fraction is rounded up.
    public var coreCount: Double?
    /// Percent of one core.
    public var avgCPU: Double?
    /// Resident memory in bytes.
    public var memoryInBytes: Double?
    /// The node names of the machines on which it ran.
    public var machines: [String]?
  }

  /// A machine on which tasks ran.
  public struct Machine: Codable, Sendable {
    /// The host name, by which tasks refer to the machine.
    public var nodeName: String
    /// The operating system: `linux`, `macos` or `windows`; nil if it was not recorded.
    public var system: String?
  }

  /// A file that tasks read or write.
  public struct File: Codable, Sendable {
    /// The id by which tasks refer to the file; unique in the instance.
    public var id: String
    /// The size in bytes.
    public var sizeInBytes: Int64
  }

  /// The definition of the workflow, without its execution (version 1.5 and later).
  public struct Specification: Codable, Sendable {
    /// The tasks, in no particular order.
    public var tasks: [Task]
    /// The files of the tasks; nil if they are not listed.
    public var files: [File]?
  }

  /// The execution of the workflow (version 1.5 and later).
  public struct Executions: Codable, Sendable {
    /// From the start of the first task to the end of the last, in seconds.
    public var makespanInSeconds: Double
    /// When the workflow started, in ISO 8601.
    public var executedAt: String
    /// The execution of each task. An export leaves out tasks that are not done.
    public var tasks: [Execution]
    /// The machines that were used; nil if they were not recorded.
    public var machines: [Machine]?
  }

  /// The workflow in the form of any version. The tasks are in ``specification``, in ``tasks`` or in ``jobs``.
  public struct Body: Codable, Sendable {
    /// The definition of the workflow; nil up to version 1.4.
    public var specification: Specification?
    /// The execution of the workflow; nil up to version 1.4, and if it was not run.
    public var execution: Executions?
    /// The tasks up to version 1.4.
    public var tasks: [Task]?
    /// The tasks in the oldest versions, which call them jobs.
    public var jobs: [Task]?
  }

  /// The author of the instance. The schema requires an e-mail address.
  public struct Author: Codable, Sendable {
    /// The name of the person or team; in an export, the user's.
    public var name: String
    /// An e-mail address; in an export, `USER@localhost.localdomain`.
    public var email: String
  }

  /// The program that ran the workflow.
  public struct RuntimeSystem: Codable, Sendable {
    /// The program's name; `Jobmon` in an export.
    public var name: String
    /// The program's version, as text; in an export, the version of the workflow's tool.
    public var version: String
    /// The program's web page; nil if not given.
    public var url: String?
  }

  /// The instance's name. An import uses it as the workflow's name.
  public var name: String
  /// A description of the instance.
  public var description: String?
  /// When the instance was written, in ISO 8601. An import uses it with ``name`` as the workflow_args if none are
  /// given.
  public var createdAt: String?
  /// The version of the schema, such as `1.5`. Ignored by imports, which accept the form of any version.
  public var schemaVersion: String?
  /// The author of the instance; nil if not given.
  public var author: Author?
  /// The program that ran the workflow; nil if unknown.
  public var runtimeSystem: RuntimeSystem?
  /// The tasks and their execution.
  public var workflow: Body

  /// Decodes an instance.
  ///
  /// - Throws: ``RunRefusal`` with `invalid_file`, which names the file and the key.
  public static func read(_ data: Data, path: String) throws -> WfFormat {
    func refusal(_ keyPath: [any CodingKey], _ misfit: TraceFault.Misfit) -> RunRefusal {
      let names = keyPath.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
      return RunRefusal(
        TraceFault.notWfFormat(path: path, place: String(names.trimmingPrefix(".")), misfit))
    }
    do { return try JSONDecoder().decode(WfFormat.self, from: data) } catch let error as DecodingError {
      switch error {
      case .keyNotFound(let key, let context):
        throw refusal(context.codingPath, .missing(key: key.stringValue))
      case .typeMismatch(_, let context), .valueNotFound(_, let context):
        throw refusal(context.codingPath, .undecodable(reason: context.debugDescription))
      case .dataCorrupted(let context):
        throw refusal(context.codingPath, .notJSON(reason: context.debugDescription))
      @unknown default: throw refusal([], .undecodable(reason: "\(error)"))
      }
    }
  }
}
