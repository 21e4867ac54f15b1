/// A first-in, first-out queue; removal takes constant time.
struct FirstInFirstOut<Element: Sendable>: Sendable {
  private var elements: [Element] = []
  private var start = 0

  var count: Int { elements.count - start }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    guard start < elements.count else { return nil }
    defer {
      start += 1
      if start == elements.count || start > 1024 {
        elements.removeFirst(start)
        start = 0
      }
    }
    return elements[start]
  }
}
