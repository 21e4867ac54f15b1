import Foundation
import OSText

extension Configuration {
  /// The absolute path of the database file.
  ///
  /// - Parameter given: overrides `database.path`; relative to the working directory.
  /// - Throws: ``RunRefusal`` with `invalid_usage` if the path is not UTF-8, which SQLite requires.
  public func database(_ given: String?) throws -> String {
    let path = given.map { WorkflowFile.absolute($0, in: OSFile.currentFolder) } ?? path("database.path")
    guard OSText.hasEscapes(path) else { return path }
    throw RunRefusal(StoreRefusal.pathNotUTF8(path))
  }
}

extension SQLiteStore {
  /// Opens the store of a configuration.
  ///
  /// - Parameters:
  ///   - configuration: contains the path, and how safely the file is written (`database.synchronous`).
  ///   - given: overrides `database.path`.
  ///   - create: creates the file if it does not exist.
  ///   - readOnly: as ``SQLiteStore/Options/readOnly``.
  ///   - takesForeignLog: as ``SQLiteStore/Options/takesForeignLog``.
  /// - Throws: ``RunRefusal`` with `not_found` if the file does not exist; ``StoreError``.
  public convenience init(
    _ configuration: Configuration, database given: String?, create: Bool, readOnly: Bool = false,
    takesForeignLog: Bool = false
  ) throws {
    let path = try configuration.database(given)
    if !create, !OSFile.exists(path) {
      throw RunRefusal(StoreRefusal.noDatabase(path: path))
    }
    var options = SQLiteStore.Options()
    options.synchronousFull = configuration.text("database.synchronous") == "full"
    options.readOnly = readOnly
    options.takesForeignLog = takesForeignLog
    try self.init(path: path, options: options)
  }
}
