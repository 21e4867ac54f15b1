/// A place in a file of a person.
public struct FilePlace: Hashable, Sendable, CustomStringConvertible {
  /// The file, as the user has named it.
  public var file: String
  /// From 1; nil where it is not known.
  public var line: Int?
  /// In the line, from 1; nil where it is not known.
  public var column: Int?

  /// A place, as far as it is known.
  public init(_ file: String, line: Int? = nil, column: Int? = nil) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`, as far as it is known.
  public var description: String {
    ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":")
  }
}
