/// A binary heap that gives its greatest element first.
package struct PriorityHeap<Element: Comparable & Sendable>: Sendable {
  package private(set) var elements: [Element] = []

  package init() {}

  package init(_ elements: [Element]) {
    self.elements = elements
    for place in stride(from: elements.count / 2 - 1, through: 0, by: -1) { sink(place) }
  }

  package var isEmpty: Bool { elements.isEmpty }
  package var count: Int { elements.count }
  package var first: Element? { elements.first }

  package mutating func insert(_ element: Element) {
    elements.append(element)
    var child = elements.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      if elements[parent] >= elements[child] { break }
      elements.swapAt(parent, child)
      child = parent
    }
  }

  package mutating func removeFirst() -> Element {
    elements.swapAt(0, elements.count - 1)
    let first = elements.removeLast()
    sink(0)
    return first
  }

  /// Moves an element down to where it belongs.
  private mutating func sink(_ place: Int) {
    var parent = place
    while true {
      var child = 2 * parent + 1
      if child >= elements.count { break }
      if child + 1 < elements.count, elements[child + 1] > elements[child] { child += 1 }
      if elements[parent] >= elements[child] { break }
      elements.swapAt(parent, child)
      parent = child
    }
  }

  package mutating func removeAll() { elements.removeAll() }
}

/// A ready task: the highest rank goes first, among equals the longest remaining path, then the one that was ready
/// first.
struct ReadyTask: Comparable, Sendable {
  /// What the user said.
  var rank: Int32
  /// Its place among the bottom levels (``Urgency``).
  var priority: Float
  /// Rises with every task that becomes ready; its highest bit is set for those that were never tried.
  var arrival: UInt64
  var task: TaskIndex

  static func < (left: ReadyTask, right: ReadyTask) -> Bool {
    if left.rank != right.rank { return left.rank < right.rank }
    return left.priority == right.priority ? left.arrival > right.arrival : left.priority < right.priority
  }
}

/// A task that waits for its time: the earliest goes first.
struct DelayedTask: Comparable, Sendable {
  /// Monotonic milliseconds.
  var due: Int64
  var arrival: UInt64
  var task: TaskIndex

  static func < (left: DelayedTask, right: DelayedTask) -> Bool {
    left.due == right.due ? left.arrival > right.arrival : left.due > right.due
  }
}
