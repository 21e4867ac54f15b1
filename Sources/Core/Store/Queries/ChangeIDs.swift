/// The ids of a row of the history that speaks of several.
enum ChangeIDs {
  /// - Parameters:
  ///   - first: the id of the row that changed.
  ///   - others: where there are several: all of them, as in `14-20,31`.
  static func of(_ first: Int64?, others: String?) -> [Int64] {
    guard let others else { return first.map { [$0] } ?? [] }
    return others.split(separator: ",").flatMap { part -> [Int64] in
      let ends = part.split(separator: "-").compactMap { Int64($0) }
      guard let start = ends.first, let end = ends.last, start <= end else { return [] }
      return Array(start...end)
    }
  }
}
