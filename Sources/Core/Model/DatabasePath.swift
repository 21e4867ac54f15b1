import OSText

extension Configuration {
  /// The path of the database file, absolute.
  ///
  /// - Parameter given: goes over `database.path`; relative to the current folder.
  /// - Throws: ``RunRefusal`` with `invalid_usage` where it is not UTF-8: SQLite takes no other.
  package func usableDatabase(_ given: String?) throws -> String {
    let path = given.map { WorkflowFile.absolute($0, in: OSFile.currentFolder) } ?? path("database.path")
    guard OSText.hasEscapes(path) else { return path }
    throw RunRefusal(
      .invalidUsage,
      "the database \(path) cannot be used, because its path is not UTF-8 text: name another file with --database "
        + "or in JOBMON_DATABASE")
  }
}
