/// A position in a user's file.
public struct FilePlace: Hashable, Sendable, CustomStringConvertible {
  /// The file, as named by the user.
  public var file: String
  /// From 1; nil if unknown.
  public var line: Int?
  /// In the line, from 1; nil if unknown.
  public var column: Int?

  /// A position; unknown parts are left out.
  public init(_ file: String, line: Int? = nil, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`; unknown parts are left out.
  public var description: String {
    ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
  }
}
