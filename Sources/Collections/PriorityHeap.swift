/// A binary heap that returns its greatest element first.
///
/// Inlinable and public, so that it is specialized for its elements in other modules; unspecialized, the heap and
/// ``InstanceTable`` took 12 % of a simulated run. Swift 6.3 does not specialize `package` declarations.
public struct PriorityHeap<Element: Comparable & Sendable>: Sendable {
  @usableFromInline var elements: [Element] = []

  /// Creates an empty heap.
  @inlinable public init() {}

  /// Creates a heap of these elements, in linear time.
  @inlinable public init(_ elements: [Element]) {
    self.elements = elements
    for index in stride(from: elements.count / 2 - 1, through: 0, by: -1) {
      sink(self.elements[index], from: index)
    }
  }

  /// Whether the heap is empty.
  @inlinable public var isEmpty: Bool { elements.isEmpty }
  /// Number of elements.
  @inlinable public var count: Int { elements.count }
  /// All elements, in no order.
  @inlinable public var unordered: [Element] { elements }
  /// The greatest element; nil if the heap is empty. Among equal elements, the choice is unspecified.
  @inlinable public var first: Element? { elements.first }

  /// Adds an element, in logarithmic time.
  @inlinable public mutating func insert(_ element: Element) {
    elements.append(element)
    var index = elements.count - 1
    while index > 0 {
      let parent = (index - 1) / 2
      if elements[parent] >= element { break }
      elements[index] = elements[parent]
      index = parent
    }
    elements[index] = element
  }

  /// Removes and returns the greatest element, in logarithmic time. The heap must not be empty.
  @inlinable public mutating func removeFirst() -> Element {
    let last = elements.removeLast()
    guard let first = elements.first else { return last }
    sink(last, from: 0)
    return first
  }

  /// Moves an element down from `index` to its position.
  @inlinable mutating func sink(_ element: Element, from index: Int) {
    var index = index
    while true {
      var child = 2 * index + 1
      if child >= elements.count { break }
      if child + 1 < elements.count, elements[child + 1] > elements[child] { child += 1 }
      if element >= elements[child] { break }
      elements[index] = elements[child]
      index = child
    }
    elements[index] = element
  }

  /// Removes all elements.
  @inlinable public mutating func removeAll() { elements.removeAll() }
}
