import JobmonModel

/// Resources for the templates of a tool, written to a file that workflow files can include.
public struct RecordedResources: Sendable {
  /// The resources for all templates of the tool, by cluster.
  public var tool: [String: ComputeResources] = [:]
  /// By template and cluster.
  public var templates: [String: [String: ComputeResources]] = [:]

  /// Creates a value without resources. They are added to ``tool`` and ``templates``.
  public init() {}

  /// The queue, project and constraints that are the same in all these requests.
  public static func shared(by requests: [ResourceRequest]) -> ComputeResources? {
    func alike(_ key: KeyPath<ResourceRequest, String?>) -> String? {
      let values = Set(requests.map { $0[keyPath: key] })
      return values.count == 1 ? values.first! : nil
    }
    let shared = ComputeResources(
      queue: alike(\.queue), project: alike(\.project), constraints: alike(\.constraints))
    return shared == ComputeResources() ? nil : shared
  }

  /// The keys `task_template_resources` and, if there are resources for the tool, `tool_resources`, in the form that
  /// `include` reads: memory with a unit, run time in seconds as in `90s`.
  public var json: JSONValue {
    var keys = [
      "task_template_resources": JSONValue.object(templates.mapValues { .object($0.mapValues(Self.json)) })
    ]
    if !tool.isEmpty { keys["tool_resources"] = .object(tool.mapValues(Self.json)) }
    return .object(keys)
  }

  /// YAML in the form that `include` reads.
  public var yaml: String {
    guard case .object(let keys) = json else { return "" }
    return YAMLText.block(keys)
  }

  private static func json(_ resources: ComputeResources) -> JSONValue {
    var keys: [String: JSONValue] = [:]
    keys["cores"] = resources.cores.map { .integer(Int64($0)) }
    keys["memory"] = resources.memory.map { .string(MemorySize.text($0)) }
    keys["runtime"] = resources.runtime.map { .string("\($0)s") }
    keys["queue"] = resources.queue.map { .string($0) }
    keys["project"] = resources.project.map { .string($0) }
    keys["constraints"] = resources.constraints.map { .string($0) }
    return .object(keys)
  }
}
