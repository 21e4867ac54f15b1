import Foundation
import OSText

extension Configuration {
  /// The path of the database file, absolute.
  ///
  /// - Parameter given: goes over `database.path`; relative to the current folder.
  /// - Throws: ``RunRefusal`` with `invalid_usage` where it is not UTF-8: SQLite takes no other.
  public func database(_ given: String?) throws -> String {
    let path = given.map { WorkflowFile.absolute($0, in: OSFile.currentFolder) } ?? path("database.path")
    guard OSText.hasEscapes(path) else { return path }
    throw RunRefusal(StoreRefusal.pathNotUTF8(path))
  }
}

extension SQLiteStore {
  /// Opens the store that a configuration names.
  ///
  /// - Parameters:
  ///   - configuration: names the file, and says how safely it is written (`database.synchronous`).
  ///   - given: goes over `database.path`.
  ///   - create: makes the file where there is none.
  ///   - readOnly: as ``SQLiteStore/Options/readOnly``.
  ///   - takesForeignLog: as ``SQLiteStore/Options/takesForeignLog``.
  /// - Throws: ``RunRefusal`` with `not_found` where there is no file; ``StoreError``.
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
