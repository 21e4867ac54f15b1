import Foundation
import JobmonModel

/// A workflow instance of WfCommons (wfcommons.org): what ran, in which order, for how long. Versions 1.0 to 1.4 keep all of a
/// task in one place, later ones what it is (`specification`) apart from how it went (`execution`).
public struct WfFormat: Codable, Sendable {
  /// What a task ran.
  public struct Command: Codable, Sendable {
    /// The program's name or path, without arguments; nil where it was not recorded.
    public var program: String?
    /// The arguments, one word each; nil where they were not recorded.
    public var arguments: [String]?
  }

  /// A task as it is specified; in versions up to 1.4 with how it went, too.
  public struct Task: Codable, Sendable {
    /// The task's name; often that of its program. Not unique in later versions.
    public var name: String
    /// What tells the task from the others; nil in old versions, where ``name`` does.
    public var id: String?
    /// The ids of the tasks that it waits for; nil where only ``children`` says so.
    public var parents: [String]?
    /// The ids of the tasks that wait for it; nil where only ``parents`` says so.
    public var children: [String]?
    /// The kind of task: tasks of one category become one template.
    public var category: String?
    /// The ids of the files that it reads. Not used by an import.
    public var inputFiles: [String]?
    /// The ids of the files that it writes. Not used by an import.
    public var outputFiles: [String]?
    /// How long the task ran, in seconds (version 1.4).
    public var runtimeInSeconds: Double?
    /// The same up to version 1.3.
    public var runtime: Double?
    /// Cores that the task needs; may be a fraction, which is rounded up. Up to version 1.4.
    public var cores: Double?
    /// Resident memory, in bytes. Up to version 1.4.
    public var memoryInBytes: Double?
    /// What the task ran. Up to version 1.4.
    public var command: Command?
  }

  /// How a task went.
  public struct Execution: Codable, Sendable {
    /// The id of the task in the specification.
    public var id: String
    /// How long the task ran, in seconds; nil where it was not recorded.
    public var runtimeInSeconds: Double?
    /// When the task started, in ISO 8601; nil where it was not recorded.
    public var executedAt: String?
    /// The kind of task, over that of the specification.
    public var category: String?
    /// What the task ran; nil where it was not recorded.
    public var command: Command?
    /// Cores that the task needs; may be a fraction, which is rounded up.
    public var coreCount: Double?
    /// Percent of one core.
    public var avgCPU: Double?
    /// Resident memory, in bytes.
    public var memoryInBytes: Double?
    /// The node names of the machines that it ran on.
    public var machines: [String]?
  }

  /// A machine that tasks ran on.
  public struct Machine: Codable, Sendable {
    /// The host name; tasks name the machine by it.
    public var nodeName: String
    /// The operating system: `linux`, `macos` or `windows`; nil where it was not recorded.
    public var system: String?
  }

  /// A file that tasks read or write.
  public struct File: Codable, Sendable {
    /// What tasks name the file by; unique in the instance.
    public var id: String
    /// The size in bytes.
    public var sizeInBytes: Int64
  }

  /// What the workflow is, apart from how it went (version 1.5 and later).
  public struct Specification: Codable, Sendable {
    /// The tasks, in no particular order.
    public var tasks: [Task]
    /// The files that tasks name; nil where they are not listed.
    public var files: [File]?
  }

  /// How the workflow went (version 1.5 and later).
  public struct Executions: Codable, Sendable {
    /// From the start of the first task to the end of the last, in seconds.
    public var makespanInSeconds: Double
    /// When the workflow started, in ISO 8601.
    public var executedAt: String
    /// How each task went; an export leaves out those that are not done.
    public var tasks: [Execution]
    /// The machines that were used; nil where they were not recorded.
    public var machines: [Machine]?
  }

  /// The workflow itself, in the shape of any version: its tasks are in ``specification``, in ``tasks`` or in
  /// ``jobs``.
  public struct Body: Codable, Sendable {
    /// What the workflow is; nil up to version 1.4.
    public var specification: Specification?
    /// How the workflow went; nil up to version 1.4, and where it has not been run.
    public var execution: Executions?
    /// Up to version 1.4.
    public var tasks: [Task]?
    /// The tasks of the oldest versions, which called them jobs.
    public var jobs: [Task]?
  }

  /// Who has made the instance; the schema wants an address.
  public struct Author: Codable, Sendable {
    /// The person's or team's name; an export has the user's.
    public var name: String
    /// An e-mail address; an export has `USER@localhost.localdomain`.
    public var email: String
  }

  /// The program that has run the workflow.
  public struct RuntimeSystem: Codable, Sendable {
    /// The program's name; `Jobmon` in an export.
    public var name: String
    /// The program's version, as text; an export has the version of the workflow's tool.
    public var version: String
    /// The program's web page; nil where none is given.
    public var url: String?
  }

  /// The instance's name; an import names the workflow by it.
  public var name: String
  /// What the instance is, in a person's words.
  public var description: String?
  /// When the instance was written, in ISO 8601; with ``name`` an import's workflow_args, where none are given.
  public var createdAt: String?
  /// The version of the schema, such as `1.5`. An import does not look at it: it takes what it finds.
  public var schemaVersion: String?
  /// Who has made the instance; nil where nobody said.
  public var author: Author?
  /// What has run the workflow; nil where it is not known.
  public var runtimeSystem: RuntimeSystem?
  /// The tasks, and how they went.
  public var workflow: Body

  /// - Throws: ``RunRefusal`` with `invalid_file`, naming the file and the key.
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
