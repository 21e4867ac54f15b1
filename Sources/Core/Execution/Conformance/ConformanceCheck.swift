import Foundation
import JobmonModel

/// Tests whether a cluster follows the rules of ``Executor``.
public struct ConformanceCheck: Sendable {
  /// The result for a rule. The raw values are shown to users.
  public enum Result: String, Codable, Sendable {
    /// The cluster follows the rule.
    case pass
    /// The cluster violates the rule.
    case fail
    /// The rule was not tested, because it depends on something that the cluster does not declare.
    case notApplicable = "not applicable"
  }

  /// The result for one rule, with details.
  public struct Finding: Hashable, Sendable {
    /// The rule's short name, unique among the rules.
    public var name: String
    /// Whether the cluster follows the rule.
    public var result: Result
    /// The rule in one sentence.
    public var rule: String
    /// What the cluster did; if the rule was not tested, why.
    public var observed: String
  }

  let cluster: PluginRegistry.Cluster
  let folder: String
  let environment: [String]
  let patience: Double

  /// Creates a check of a cluster.
  ///
  /// - Parameters:
  ///   - folder: for the tasks' files; it must be visible on the cluster's nodes.
  ///   - environment: the environment that tasks inherit: `NAME=value`.
  ///   - patience: maximum number of seconds for each step.
  public init(
    _ cluster: PluginRegistry.Cluster, folder: String, environment: [String], patience: Double = 300
  ) {
    self.cluster = cluster
    self.folder = folder
    self.environment = environment
    self.patience = patience
  }

  /// Tests all rules, one after the other.
  ///
  /// - Parameter found: receives each finding when it is known.
  /// - Throws: ``RunRefusal`` with `cluster_unavailable` if the cluster cannot be used.
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
  /// All rules, in the order of the tests.
  static let all = opening + running + cancelling + recovering + limits
}
