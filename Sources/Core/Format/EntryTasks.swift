import JobmonModel

/// The tasks created from one entry.
public struct EntryTasks: Hashable, Sendable {
  private var first: Int32
  private var count: Int32

  init(_ range: Range<Int>) {
    first = Int32(range.lowerBound)
    count = Int32(range.count)
  }

  /// Their indices in the definition, which are consecutive. Empty if the entry created no task.
  public var indices: Range<TaskIndex> { first..<first + count }
}
