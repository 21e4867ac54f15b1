/// The tasks of a definition, column by column; the text of names and arguments lies in a few large buffers.
///
/// A task of three short arguments takes about 100 bytes, and growing copies no text.
public struct TaskTable: Sendable {
  /// Index in ``WorkflowDefinition/templates``.
  public private(set) var template: [Int32] = []
  /// The upstream set of each task, in ``WorkflowDefinition/upstreamSets``.
  public private(set) var upstreams: [UpstreamSets.ID] = []
  /// Index in ``settingsList``.
  public private(set) var settings: [Int32] = []
  /// The distinct task-level settings; the first says nothing.
  public private(set) var settingsList: [TaskSettings] = [TaskSettings()]
  /// Attributes of the tasks that have any.
  public private(set) var attributes: [Int: [String: String]] = [:]
  /// Commands that differ from what their template renders, by task.
  private var commands: [Int: String] = [:]

  /// Each task's name and then its argument values, UTF-8, one after the other in one of the chunks.
  private var chunks: [[UInt8]] = []
  /// Where a task's text begins.
  private var starts: [Start] = []
  /// The lengths of a task's texts are `lengths[firstLength[task]..<firstLength[task + 1]]`.
  private var lengths: [UInt32] = []
  private var firstLength: [Int] = [0]
  private var settingsIndex: [TaskSettings: Int32] = [TaskSettings(): 0]

  private struct Start {
    var chunk: Int32
    var byte: UInt32
  }

  /// Bytes after which a new chunk is begun.
  private static let chunkSize = 1 << 20

  /// A table without tasks.
  public init() {}

  /// How many tasks there are.
  public var count: Int { template.count }

  /// Makes room for so many tasks in all; does nothing where that is not more than twice as many as there are.
  public mutating func reserveCapacity(_ count: Int) {
    // Entries of a file ask one after the other: to grow to exactly what each needs would copy everything each time.
    guard count > 2 * self.count else { return }
    template.reserveCapacity(count)
    upstreams.reserveCapacity(count)
    settings.reserveCapacity(count)
    starts.reserveCapacity(count)
    firstLength.reserveCapacity(count + 1)
  }

  /// Adds a task and returns its index. `command` is given only where it is not what the template renders.
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

  /// The index of `settings` in ``settingsList``, where it is added if it is new.
  public mutating func intern(_ settings: TaskSettings) -> Int32 {
    // The tasks of one entry share their settings, and dictionaries that share storage compare at once.
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

  /// The command that was given for the task instead of its template's, if any.
  public func givenCommand(_ index: Int) -> String? { commands[index] }

  /// The bytes of a task's texts, where they lie: 0 is the name, 1 the first argument.
  package struct Texts {
    fileprivate let bytes: UnsafeBufferPointer<UInt8>
    fileprivate let lengths: UnsafeBufferPointer<UInt32>

    package var count: Int { lengths.count }

    package subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
      var start = 0
      for earlier in 0..<index { start += Int(lengths[earlier]) }
      return UnsafeBufferPointer(rebasing: bytes[start..<start + Int(lengths[index])])
    }

    /// Bytes of all texts together.
    package var size: Int { lengths.reduce(0) { $0 + Int($1) } }
  }

  /// Calls `body` with the task's texts, which live as long as the call.
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
