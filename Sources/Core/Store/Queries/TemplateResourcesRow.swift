import JobmonModel

/// The resource usage of a template's successful attempts, as a row of a list (`task_template_resources`).
public struct TemplateResourcesRow: Hashable, Codable, ListedRow {
  /// The id of the template's version.
  public var version: Int64
  /// The template's name.
  public var template: String
  /// The number of successful task instances.
  public var count: Int
  /// Memory in bytes, rounded up; nil if none was measured.
  public var minMemory, meanMemory, medianMemory, p95Memory, maxMemory: Int64?
  /// Run time in seconds; nil if none was measured.
  public var minRuntime, meanRuntime, medianRuntime, p95Runtime, maxRuntime: Double?

  /// The JSON keys, in order; in upper case, the columns of a table.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case version = "ttv_id"
    case template, count
    case minMemory = "min_memory"
    case meanMemory = "mean_memory"
    case medianMemory = "median_memory"
    case p95Memory = "p95_memory"
    case maxMemory = "max_memory"
    case minRuntime = "min_runtime"
    case meanRuntime = "mean_runtime"
    case medianRuntime = "median_runtime"
    case p95Runtime = "p95_runtime"
    case maxRuntime = "max_runtime"
  }

  /// The columns that are dropped in a narrow terminal, in this order.
  public static var givesWay: [CodingKeys] {
    [.minMemory, .minRuntime, .meanMemory, .meanRuntime, .p95Memory, .p95Runtime, .version]
  }

  /// A value for every key, in the order of ``CodingKeys``; memory in bytes, run times in seconds.
  public var values: [JSONValue] { cells { .integer($0) } }
  /// The values with memory sizes for display (``MemorySize/text(_:)``).
  public var shown: [JSONValue] { cells { .string(MemorySize.text($0)) } }

  private func cells(_ memory: (Int64) -> JSONValue) -> [JSONValue] {
    [.integer(version), .string(template), JSONValue(count)]
      + [minMemory, meanMemory, medianMemory, p95Memory, maxMemory].map { $0.map(memory) ?? .null }
      + [minRuntime, meanRuntime, medianRuntime, p95Runtime, maxRuntime].map { JSONValue($0) }
  }

  /// The row of one template's usage. Memory is rounded up to whole bytes.
  public init(_ usage: TemplateUsage) {
    version = usage.version
    template = usage.template
    count = usage.count
    if let memory = usage.memory {
      func bytes(_ figure: Double) -> Int64 { Int64(nearest: figure.rounded(.up)) }
      (minMemory, meanMemory, medianMemory) = (bytes(memory.min), bytes(memory.mean), bytes(memory.median))
      (p95Memory, maxMemory) = (bytes(memory.p95), bytes(memory.max))
    }
    if let runtime = usage.runtime {
      (minRuntime, meanRuntime, medianRuntime) = (runtime.min, runtime.mean, runtime.median)
      (p95Runtime, maxRuntime) = (runtime.p95, runtime.max)
    }
  }
}
