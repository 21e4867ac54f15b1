import JobmonModel

/// What the finished attempts of a template's tasks used, as a list shows it (`task_template_resources`).
public struct TemplateResourcesRow: Hashable, Codable, ListedRow {
  /// Id of the template's version.
  public var version: Int64
  /// The template's name.
  public var template: String
  /// Task instances that ended with success.
  public var count: Int
  /// Bytes, rounded up; nil where none was measured.
  public var minMemory, meanMemory, medianMemory, p95Memory, maxMemory: Int64?
  /// Seconds; nil where none was measured.
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

  /// Dropped first in a narrow terminal.
  public static var givesWay: [CodingKeys] {
    [.minMemory, .minRuntime, .meanMemory, .meanRuntime, .p95Memory, .p95Runtime, .version]
  }

  /// A value for every key, in the order of ``CodingKeys``; memory in bytes, run times in seconds.
  public var values: [JSONValue] { cells { .integer($0) } }
  /// The same, with memory as people write it (``MemorySize/text(_:)``).
  public var shown: [JSONValue] { cells { .string(MemorySize.text($0)) } }

  private func cells(_ memory: (Int64) -> JSONValue) -> [JSONValue] {
    [.integer(version), .string(template), JSONValue(count)]
      + [minMemory, meanMemory, medianMemory, p95Memory, maxMemory].map { $0.map(memory) ?? .null }
      + [minRuntime, meanRuntime, medianRuntime, p95Runtime, maxRuntime].map { JSONValue($0) }
  }

  /// The row of one template's usage; memory is rounded up to whole bytes.
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
