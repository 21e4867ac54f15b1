/// Long lists of values of one option, as in `task update -t $(seq 100000)`.
///
/// The parser's time grows with the square of the number of values of an option: 100,000 take minutes. So many values
/// are joined before they are parsed, and split again by the option.
enum LongList {
  /// Options that take lists of ids.
  private static let options: Set<String> = ["-t", "--task", "-w", "--workflow"]
  /// Shorter lists are left as they are.
  private static let most = 500
  /// Names of tasks and workflows contain no control characters.
  private static let separator: Character = "\u{1F}"

  /// Joins the values of each option that has many.
  static func joined(_ words: [String]) -> [String] {
    guard words.count > most else { return words }
    var joined: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      joined.append(word)
      guard options.contains(word) else { continue }
      let values = rest.prefix { !$0.hasPrefix("-") }
      guard values.count > most else { continue }
      joined.append(values.joined(separator: String(separator)))
      rest = rest[values.endIndex...]
    }
    return joined
  }

  /// The values of an option.
  static func split(_ values: [String]) -> [String] {
    values.flatMap { $0.contains(separator) ? $0.split(separator: separator).map(String.init) : [$0] }
  }
}
