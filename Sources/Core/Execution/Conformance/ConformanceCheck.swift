import Foundation
import JobmonModel

/// Tries the rules of ``Executor`` on a cluster, whatever it is.
public struct ConformanceCheck: Sendable {
  /// Whether a cluster keeps a rule. The raw values are the words that people see.
  public enum Result: String, Codable, Sendable {
    /// The cluster keeps the rule.
    case pass
    /// The cluster breaks the rule.
    case fail
    /// The rule was not tried, since it is about something that the cluster does not declare.
    case notApplicable = "not applicable"
  }

  /// What was found for one rule.
  public struct Finding: Hashable, Sendable {
    /// The rule's short name, unique among the rules.
    public var name: String
    /// Whether the cluster keeps the rule.
    public var result: Result
    /// What backends have to do, in a sentence.
    public var rule: String
    /// What the cluster did; where the rule was not tried, why not.
    public var observed: String
  }

  let cluster: PluginRegistry.Cluster
  let folder: String
  let environment: [String]
  let patience: Double

  /// - Parameters:
  ///   - folder: of the tasks' files; the cluster's nodes have to see it.
  ///   - environment: what tasks inherit: `NAME=value`.
  ///   - patience: seconds that anything may take.
  public init(
    _ cluster: PluginRegistry.Cluster, folder: String, environment: [String], patience: Double = 300
  ) {
    self.cluster = cluster
    self.folder = folder
    self.environment = environment
    self.patience = patience
  }

  /// Tries all rules, one after the other.
  ///
  /// - Parameter told: each finding, as soon as it is made.
  /// - Throws: ``RunRefusal`` with `cluster_unavailable` where the cluster cannot be used.
  public func run(_ found: (Finding) -> Void) throws {
    let first = try open("opening")
    let subject = ConformanceSubject(
      description: first.description, isProgram: first.executor is WireExecutor)
    first.stop()
    for rule in ConformanceCase.all { found(try find(rule, subject)) }
  }

  private func find(_ rule: ConformanceCase, _ subject: ConformanceSubject) throws -> Finding {
    func finding(_ result: Result, _ observed: String) -> Finding {
      Finding(name: rule.name, result: result, rule: rule.rule, observed: observed)
    }
    if let why = rule.exemption(subject) { return finding(.notApplicable, why) }
    let bench = try open(rule.name)
    defer { bench.stop() }
    do {
      return finding(.pass, try rule.attempt(bench))
    } catch {
      let words = bench.warnings.last.map { " (\($0))" } ?? ""
      return finding(.fail, "\(error)\(words)")
    }
  }

  private func open(_ name: String) throws -> ConformanceBench {
    let own = folder + "/" + name.replacing(" ", with: "-")
    do {
      try OSFile.makeFolders(own)
      return try ConformanceBench(cluster, folder: own, environment: environment, patience: patience)
    } catch {
      throw RunRefusal(ClusterRefusal.unusable(cluster.name, reason: "\(error)"))
    }
  }
}

extension ConformanceCase {
  /// All rules, in the order in which they are tried.
  static let all = opening + running + cancelling + recovering + limits
}
