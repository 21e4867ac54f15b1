import Foundation

extension Configuration {
  /// The path of the database file.
  ///
  /// - Parameter given: goes over `database.path`; relative to the current folder.
  public func database(_ given: String?) -> String {
    given.map { WorkflowFile.absolute($0, in: FileManager.default.currentDirectoryPath) }
      ?? path("database.path")
  }
}

extension SQLiteStore {
  /// Opens the store that a configuration names.
  ///
  /// - Parameters:
  ///   - given: goes over `database.path`.
  ///   - create: makes the file where there is none.
  /// - Throws: ``RunRefusal`` with `not_found` where there is no file; ``StoreError``.
  public convenience init(_ configuration: Configuration, database given: String?, create: Bool) throws {
    let path = configuration.database(given)
    if !create, !FileManager.default.fileExists(atPath: path) {
      throw RunRefusal(.notFound, "there is no database \(path) yet: it is made by the first `jobmon run`")
    }
    var options = SQLiteStore.Options()
    options.synchronousFull = configuration.text("database.synchronous") == "full"
    try self.init(path: path, options: options)
  }
}
