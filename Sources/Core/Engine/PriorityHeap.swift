/// A binary heap that gives its greatest element first.
///
/// Inlinable, so that it is made for its elements in other modules, too: unspecialized, taking elements out was 6 % of a
/// simulated run.
package struct PriorityHeap<Element: Comparable & Sendable>: Sendable {
  @usableFromInline var elements: [Element] = []

  @inlinable package init() {}

  package init(_ elements: [Element]) {
    self.elements = elements
    for place in stride(from: elements.count / 2 - 1, through: 0, by: -1) {
      sink(self.elements[place], from: place)
    }
  }

  @inlinable package var isEmpty: Bool { elements.isEmpty }
  @inlinable package var count: Int { elements.count }
  @inlinable package var first: Element? { elements.first }

  @inlinable package mutating func insert(_ element: Element) {
    elements.append(element)
    var place = elements.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      if elements[parent] >= element { break }
      elements[place] = elements[parent]
      place = parent
    }
    elements[place] = element
  }

  @inlinable package mutating func removeFirst() -> Element {
    let last = elements.removeLast()
    guard let first = elements.first else { return last }
    sink(last, from: 0)
    return first
  }

  /// Puts an element where it belongs, at `place` or below.
  @inlinable mutating func sink(_ element: Element, from place: Int) {
    var place = place
    while true {
      var child = 2 * place + 1
      if child >= elements.count { break }
      if child + 1 < elements.count, elements[child + 1] > elements[child] { child += 1 }
      if element >= elements[child] { break }
      elements[place] = elements[child]
      place = child
    }
    elements[place] = element
  }

  @inlinable package mutating func removeAll() { elements.removeAll() }
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
