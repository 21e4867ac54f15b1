extension Collection<String> {
  /// The name that somebody who typed `name` most likely meant; nil where none is near.
  ///
  /// Near is: at most a third of its letters to be changed, added, left out or swapped with their neighbour. Among equals the first in
  /// alphabetical order.
  public func nearest(to name: String) -> String? {
    let typed = Array(name.lowercased())
    let measured = sorted().map { (name: $0, distance: distance(typed, Array($0.lowercased()))) }
    guard let best = measured.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= Swift.max(1, Swift.max(typed.count, best.name.count) / 3) ? best.name : nil
  }

  /// Edits from one to the other (optimal string alignment).
  private func distance(_ left: [Character], _ right: [Character]) -> Int {
    if left.isEmpty || right.isEmpty { return Swift.max(left.count, right.count) }
    var before: [Int] = []
    var last = Array(0...right.count)
    for i in 1...left.count {
      var row = [i]
      for j in 1...right.count {
        var edits = Swift.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1))
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
          edits = Swift.min(edits, before[j - 2] + 1)
        }
        row.append(edits)
      }
      before = last
      last = row
    }
    return last[right.count]
  }
}
