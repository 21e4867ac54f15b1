import JobmonCore

/// The maximum width of a table, and how the table is made to fit.
struct TableLayout {
  /// Terminal columns; nil means unlimited.
  let width: Int?
  /// Whether times are shown in the local time zone.
  let hasLocalTimes: Bool

  /// For files and pipes: nothing is cut, times are in UTC.
  static let free = TableLayout(width: nil, hasLocalTimes: false)

  static var ofStandardOutput: TableLayout {
    guard let width = TerminalSize.columnsOfStandardOutput else { return free }
    return TableLayout(width: width, hasLocalTimes: true)
  }

  /// Spaces between columns.
  private static let gap = 2
  /// Texts are cut to this width before columns are left out.
  private static let comfortable = 16
  /// The same for the main column.
  private static let roomy = 40
  private static let narrow = 6

  struct Column {
    let name: String
    /// Whether all values are numbers.
    var isNumeric: Bool
    /// Width of its widest cell.
    var width: Int
    /// Whether its values may be cut: texts and lists.
    var isText = false

    init(name: String, isNumeric: Bool) {
      self.name = name
      self.isNumeric = isNumeric
      width = TextWidth.of(name)
    }

    mutating func note(_ cell: TableCell, _ value: JSONValue) {
      width = max(width, cell.width)
      if !value.isNumeric, value != .null { isNumeric = false }
      switch value {
      case .string where value.time == nil, .array, .object: isText = true
      default: break
      }
    }
  }

  /// The widths of the columns; nil for columns that are left out.
  ///
  /// First, the widest texts are cut, down to a comfortable width. Then columns are left out in the given order.
  /// Finally, texts are cut further.
  ///
  /// - Parameters:
  ///   - order: the columns to leave out, first to last.
  ///   - main: the column that keeps the most room.
  func fit(_ columns: [Column], givingWay order: [String], main: String?) -> [Int?] {
    var widths: [Int?] = columns.map(\.width)
    guard let width else { return widths }
    func excess() -> Int {
      let shown = widths.compactMap(\.self)
      return shown.reduce(0, +) + Self.gap * max(0, shown.count - 1) - width
    }
    func cutTexts(to least: Int) {
      while excess() > 0 {
        // A column's name is never cut.
        let widest = columns.indices.filter {
          columns[$0].isText
            && (widths[$0] ?? 0)
              > max(
                columns[$0].name == main && least == Self.comfortable ? Self.roomy : least,
                TextWidth.of(columns[$0].name))
        }.max { widths[$0]! < widths[$1]! }
        guard let widest else { return }
        widths[widest]! -= 1
      }
    }
    cutTexts(to: Self.comfortable)
    for name in order where excess() > 0 {
      if let column = columns.firstIndex(where: { $0.name == name }) { widths[column] = nil }
    }
    // The room of columns that are left out goes to the others.
    for column in columns.indices where widths[column] != nil { widths[column] = columns[column].width }
    cutTexts(to: Self.comfortable)
    cutTexts(to: Self.narrow)
    // For a terminal of only a few columns: remove columns from the right, except the first.
    for column in columns.indices.dropFirst().reversed() where excess() > 0 { widths[column] = nil }
    return widths
  }

  /// A note on the table: the time zone, and the columns that do not fit; nil if there is nothing to note.
  ///
  /// - Parameter time: one of the times shown.
  func note(hidden: [String], time: Timestamp?) -> String? {
    var parts: [String] = []
    if hasLocalTimes, let time { parts.append("times: \(LocalTime.zone(time))") }
    if !hidden.isEmpty { parts.append("not shown: \(hidden.joined(separator: ", ")) (-n shows all)") }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }
}
