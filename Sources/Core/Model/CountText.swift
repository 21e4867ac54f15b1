/// Numbers of things for people: `1 task`, `2 tasks`.
public enum CountText {
  /// The number and the noun, in the plural unless the number is 1.
  ///
  /// - Parameter plural: where it is not the noun and an `s`.
  public static func of(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
  }
}
