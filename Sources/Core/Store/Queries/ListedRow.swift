import JobmonModel

/// A row of a list, as commands, pages and servers show it.
///
/// The coding keys are the only place that names the columns. In JSON they are the keys, in their order. A table has
/// the first ``columnCount`` of them as columns, in upper case. Codable types need no encoding of their own: it is
/// derived from ``values``, which is faster than `Encodable` for lists of a million rows.
public protocol ListedRow: Encodable, Sendable {
  /// The names of all values, in order: ``values`` has the order of `allCases`.
  associatedtype CodingKeys: CodingKey, CaseIterable

  /// The number of keys that are columns of a table. In JSON, a column without a value is null; other keys without a
  /// value are omitted.
  static var columnCount: Int { get }
  /// A value for every key, in the order of the keys. Times are ISO 8601 text (``Timestamp/iso8601``).
  var values: [JSONValue] { get }
  /// The values of the columns as a table shows them.
  var shown: [JSONValue] { get }
  /// The columns that are dropped in a narrow terminal, in this order.
  static var givesWay: [CodingKeys] { get }
  /// The column that gets the most room in a narrow terminal; nil if no column is preferred.
  static var mainColumn: CodingKeys? { get }
}

extension ListedRow {
  /// The default: every key is a column.
  public static var columnCount: Int { CodingKeys.allCases.count }
  /// The default: no column is dropped.
  public static var givesWay: [CodingKeys] { [] }
  /// The default: no column is preferred.
  public static var mainColumn: CodingKeys? { nil }
  /// The default: the values of the columns without changes.
  public var shown: [JSONValue] { Array(values.prefix(Self.columnCount)) }

  /// Writes an object with ``values`` under their keys. Omits null values whose keys are not columns of a table.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    for (index, (key, value)) in zip(CodingKeys.allCases, values).enumerated()
    where index < Self.columnCount || value != .null {
      try container.encode(value, forKey: key)
    }
  }
}

extension JSONValue {
  /// Text; nil is null.
  public init(_ text: String?) { self = text.map { .string($0) } ?? .null }
  /// An integer; nil is null.
  public init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
  /// An integer; nil is null.
  public init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
  /// A number; nil is null.
  public init(_ number: Double?) { self = number.map { .number($0) } ?? .null }
  /// true or false; nil is null.
  public init(_ isSo: Bool?) { self = isSo.map { .bool($0) } ?? .null }
  /// ISO 8601.
  public init(_ time: Timestamp?) { self = time.map { .string($0.iso8601) } ?? .null }
}
