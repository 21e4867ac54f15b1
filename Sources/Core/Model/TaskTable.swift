/// The tasks of a definition, stored in columns. The text of names and arguments is stored in a few large buffers.
///
/// A task with three short arguments takes about 100 bytes, and no text is copied when the table grows.
public struct TaskTable: Sendable {
  /// Index in ``WorkflowDefinition/templates``.
  public private(set) var template: [Int32] = []
  /// The upstream set of each task, in ``WorkflowDefinition/upstreamSets``.
  public private(set) var upstreams: [UpstreamSets.ID] = []
  /// Index in ``settingsList``.
  public private(set) var settings: [Int32] = []
  /// The distinct task-level settings. The first sets nothing.
  public private(set) var settingsList: [TaskSettings] = [TaskSettings()]
  /// Attributes of the tasks that have some, by task.
  public private(set) var attributes: [Int: [String: String]] = [:]
  /// Commands that differ from the rendered template, by task.
  private var commands: [Int: String] = [:]

  /// Each task's name followed by its argument values, in UTF-8, contiguous in one of the chunks.
  private var chunks: [[UInt8]] = []
  /// The position of each task's text.
  private var starts: [Start] = []
  /// The lengths of a task's texts are `lengths[firstLength[task]..<firstLength[task + 1]]`.
  private var lengths: [UInt32] = []
  private var firstLength: [Int] = [0]
  private var settingsIndex: [TaskSettings: Int32] = [TaskSettings(): 0]

  private struct Start {
    var chunk: Int32
    var byte: UInt32
  }

  /// The size in bytes above which a new chunk begins.
  private static let chunkSize = 1 << 20

  /// Creates a table without tasks.
  public init() {}

  /// Number of tasks.
  public var count: Int { template.count }

  /// Reserves room for a total number of tasks. Does nothing unless it is more than twice the present number.
  public mutating func reserveCapacity(_ count: Int) {
    // The entries of a file call this one after the other. Growing to the exact size each time would copy everything
    // each time.
    guard count > 2 * self.count else { return }
    template.reserveCapacity(count)
    upstreams.reserveCapacity(count)
    settings.reserveCapacity(count)
    starts.reserveCapacity(count)
    firstLength.reserveCapacity(count + 1)
  }

  /// Adds a task and returns its index. `command` is given only if it differs from the rendered template.
  @discardableResult
  public mutating func append(
    template: Int, name: String, arguments: [String], upstreams: UpstreamSets.ID = UpstreamSets.empty,
    settings: TaskSettings = TaskSettings(), attributes: [String: String] = [:], command: String? = nil
  ) -> TaskIndex {
    let index = count
    self.template.append(Int32(template))
    self.upstreams.append(upstreams)
    self.settings.append(intern(settings))
    if !attributes.isEmpty { self.attributes[index] = attributes }
    if let command { commands[index] = command }
    appendTexts(name, arguments)
    return TaskIndex(index)
  }

  /// Replaces the upstream set of the task at `index`, once all tasks are known.
  public mutating func setUpstreams(_ index: Int, _ set: UpstreamSets.ID) { upstreams[index] = set }

  /// The index of `settings` in ``settingsList``. New settings are added to it.
  public mutating func intern(_ settings: TaskSettings) -> Int32 {
    // The tasks of one entry share their settings, and dictionaries with shared storage are compared in constant time.
    if let last = self.settings.last, settingsList[Int(last)] == settings { return last }
    if let known = settingsIndex[settings] { return known }
    let index = Int32(settingsList.count)
    settingsList.append(settings)
    settingsIndex[settings] = index
    return index
  }

  /// The name of the task at `index`.
  public func name(_ index: Int) -> String { withTexts(index) { String(decoding: $0[0], as: UTF8.self) } }

  /// The argument values of the task at `index`, in the order of ``TaskTemplate/arguments``.
  public func arguments(_ index: Int) -> [String] {
    withTexts(index) { texts in (1..<texts.count).map { String(decoding: texts[$0], as: UTF8.self) } }
  }

  /// The task's own command, which replaces its template's; nil if it has none.
  public func givenCommand(_ index: Int) -> String? { commands[index] }

  /// The bytes of a task's texts, not copied: index 0 is the name, 1 the first argument.
  package struct Texts {
    fileprivate let bytes: UnsafeBufferPointer<UInt8>
    fileprivate let lengths: UnsafeBufferPointer<UInt32>

    package var count: Int { lengths.count }

    package subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
      var start = 0
      for earlier in 0..<index { start += Int(lengths[earlier]) }
      return UnsafeBufferPointer(rebasing: bytes[start..<start + Int(lengths[index])])
    }

    /// Total number of bytes of all texts.
    package var size: Int { lengths.reduce(0) { $0 + Int($1) } }
  }

  /// Calls `body` with the task's texts, which are valid only during the call.
  package func withTexts<Result>(_ index: Int, _ body: (Texts) throws -> Result) rethrows -> Result {
    let start = starts[index]
    return try chunks[Int(start.chunk)].withUnsafeBufferPointer { chunk in
      try lengths.withUnsafeBufferPointer { lengths in
        try body(
          Texts(
            bytes: UnsafeBufferPointer(rebasing: chunk[Int(start.byte)...]),
            lengths: UnsafeBufferPointer(rebasing: lengths[firstLength[index]..<firstLength[index + 1]])))
      }
    }
  }

  private mutating func appendTexts(_ name: String, _ arguments: [String]) {
    let size = arguments.reduce(name.utf8.count) { $0 + $1.utf8.count }
    if chunks.isEmpty || chunks[chunks.count - 1].count + size > Self.chunkSize {
      chunks.append([])
      if chunks.count > 1 { chunks[chunks.count - 1].reserveCapacity(max(size, Self.chunkSize)) }
    }
    let chunk = chunks.count - 1
    starts.append(Start(chunk: Int32(chunk), byte: UInt32(chunks[chunk].count)))
    chunks[chunk].append(contentsOf: name.utf8)
    lengths.append(UInt32(name.utf8.count))
    for argument in arguments {
      chunks[chunk].append(contentsOf: argument.utf8)
      lengths.append(UInt32(argument.utf8.count))
    }
    firstLength.append(lengths.count)
  }
}
