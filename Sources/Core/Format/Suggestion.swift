/// "Did you mean": the known word nearest to one that is not known.
public enum Suggestion {
  /// The nearest of `known`, where it is near enough to be a slip of the hand (a third of the letters).
  public static func nearest(to word: String, among known: some Sequence<String>) -> String? {
    let scored = known.map { (word: $0, distance: distance(word.lowercased(), $0.lowercased())) }
    guard let best = scored.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) else { return nil }
    return best.distance <= max(1, (word.count + 1) / 3) ? best.word : nil
  }

  /// Levenshtein's: insertions, deletions and replacements of single letters.
  static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    var row = Array(0...right.count)
    for (place, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = place + 1
      for other in right.indices {
        let replaced = diagonal + (right[other] == letter ? 0 : 1)
        diagonal = row[other + 1]
        row[other + 1] = min(replaced, row[other] + 1, diagonal + 1)
      }
    }
    return row[right.count]
  }
}
