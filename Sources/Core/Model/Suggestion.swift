/// "Did you mean": the known word nearest to an unknown one.
public enum Suggestion {
  /// The nearest word in `known`, if it is near enough to be a typing mistake (up to a third of the letters differ).
  public static func nearest(to word: String, among known: some Sequence<String>) -> String? {
    let scored = known.map { (word: $0, distance: distance(word.lowercased(), $0.lowercased())) }
    guard let best = scored.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) else { return nil }
    return best.distance <= max(1, (word.count + 1) / 3) ? best.word : nil
  }

  /// The number of insertions, deletions and replacements of single letters and exchanges of two adjacent letters
  /// (Damerau-Levenshtein, restricted): the four kinds of typing mistakes.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    var before: [Int] = []
    var above: [Int] = []
    var row = Array(0...right.count)
    for index in left.indices {
      (before, above) = (above, row)
      row[0] = index + 1
      for other in right.indices {
        let replaced = above[other] + (right[other] == left[index] ? 0 : 1)
        row[other + 1] = min(replaced, above[other + 1] + 1, row[other] + 1)
        if index > 0, other > 0, left[index] == right[other - 1], left[index - 1] == right[other] {
          row[other + 1] = min(row[other + 1], before[other - 1] + 1)
        }
      }
    }
    return row[right.count]
  }
}
