import JobmonModel

/// A row of a list, as every command, page and server shows it.
///
/// The coding keys are the one place that names the columns: in JSON they are the keys, in their order; a table has the
/// first ``columnCount`` of them, in upper case, and no others. Codable types need not say how they are encoded: that
/// follows from ``values``, which is faster than `Encodable` for lists of a million rows.
public protocol ListedRow: Encodable, Sendable {
  /// Names every value, in order: ``values`` follows `allCases`.
  associatedtype CodingKeys: CodingKey, CaseIterable

  /// How many of the keys are columns of a table. In JSON a column without a value is null; the other keys are left out
  /// where there is nothing to tell.
  static var columnCount: Int { get }
  /// A value for every key, in the order of the keys. Times are ISO 8601 text (``Timestamp/iso8601``).
  var values: [JSONValue] { get }
  /// The values of the columns as a table shows them to people.
  var shown: [JSONValue] { get }
  /// The columns that a narrow terminal does without, the first to go first.
  static var givesWay: [CodingKeys] { get }
  /// The column that a narrow terminal gives the most room; nil where none matters more than the others.
  static var mainColumn: CodingKeys? { get }
}

extension ListedRow {
  /// Every key is a column, where a type does not say otherwise.
  public static var columnCount: Int { CodingKeys.allCases.count }
  /// None, where a type does not say otherwise.
  public static var givesWay: [CodingKeys] { [] }
  /// None, where a type does not say otherwise.
  public static var mainColumn: CodingKeys? { nil }
  /// The values as they are, where a type does not say otherwise.
  public var shown: [JSONValue] { Array(values.prefix(Self.columnCount)) }

  /// Writes an object with ``values`` under their keys; leaves out null where the key is no column of a table.
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
