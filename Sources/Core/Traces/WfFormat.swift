import Foundation
import JobmonModel

/// A workflow instance of WfCommons (wfcommons.org): what ran, in which order, for how long. Versions 1.0 to 1.4 keep all of a
/// task in one place, later ones what it is (`specification`) apart from how it went (`execution`).
public struct WfFormat: Codable, Sendable {
  public struct Command: Codable, Sendable {
    public var program: String?
    public var arguments: [String]?
  }

  /// A task as it is specified; in versions up to 1.4 with how it went, too.
  public struct Task: Codable, Sendable {
    public var name: String
    public var id: String?
    public var parents: [String]?
    public var children: [String]?
    public var category: String?
    public var inputFiles: [String]?
    public var outputFiles: [String]?
    public var runtimeInSeconds: Double?
    /// The same up to version 1.3.
    public var runtime: Double?
    public var cores: Double?
    public var memoryInBytes: Double?
    public var command: Command?
  }

  /// How a task went.
  public struct Execution: Codable, Sendable {
    public var id: String
    public var runtimeInSeconds: Double?
    public var executedAt: String?
    public var category: String?
    public var command: Command?
    public var coreCount: Double?
    /// Percent of one core.
    public var avgCPU: Double?
    public var memoryInBytes: Double?
    public var machines: [String]?
  }

  public struct Machine: Codable, Sendable {
    public var nodeName: String
    public var system: String?
  }

  public struct File: Codable, Sendable {
    public var id: String
    public var sizeInBytes: Int64
  }

  public struct Specification: Codable, Sendable {
    public var tasks: [Task]
    public var files: [File]?
  }

  public struct Executions: Codable, Sendable {
    public var makespanInSeconds: Double
    public var executedAt: String
    public var tasks: [Execution]
    public var machines: [Machine]?
  }

  public struct Body: Codable, Sendable {
    public var specification: Specification?
    public var execution: Executions?
    /// Up to version 1.4.
    public var tasks: [Task]?
    public var jobs: [Task]?
  }

  public struct Author: Codable, Sendable {
    public var name: String
    public var email: String
  }

  public struct RuntimeSystem: Codable, Sendable {
    public var name: String
    public var version: String
    public var url: String?
  }

  public var name: String
  public var description: String?
  public var createdAt: String?
  public var schemaVersion: String?
  public var author: Author?
  public var runtimeSystem: RuntimeSystem?
  public var workflow: Body

  /// - Throws: ``RunRefusal`` with `invalid_file`, naming the place.
  public static func read(_ data: Data, path: String) throws -> WfFormat {
    func refusal(_ place: [any CodingKey], _ what: String) -> RunRefusal {
      let names = place.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }.joined()
      return RunRefusal(
        .invalidFile,
        "\(path) is no WfFormat instance: \(names.isEmpty ? "" : "\(names.trimmingPrefix(".")): ")\(what)")
    }
    do { return try JSONDecoder().decode(WfFormat.self, from: data) } catch let error as DecodingError {
      switch error {
      case .keyNotFound(let key, let context):
        throw refusal(context.codingPath, "'\(key.stringValue)' is missing")
      case .typeMismatch(_, let context), .valueNotFound(_, let context):
        throw refusal(context.codingPath, context.debugDescription)
      case .dataCorrupted(let context):
        throw refusal(context.codingPath, "it is no JSON: \(context.debugDescription)")
      @unknown default: throw refusal([], "\(error)")
      }
    }
  }
}
