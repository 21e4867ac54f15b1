/// Counts for output: `1 task`, `2 tasks`.
public enum CountText {
  /// The number and the noun, in the plural unless the number is 1.
  ///
  /// - Parameter plural: the plural form if it is not the noun followed by `s`.
  public static func of(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
  }

  /// The first of several items, and how many more there are: `1, 2, 3 and 97 more`.
  public static func list(_ items: [some CustomStringConvertible], most: Int = 10) -> String {
    let list = items.prefix(most).map(\.description).joined(separator: ", ")
    return items.count > most ? "\(list) and \(items.count - most) more" : list
  }
}
