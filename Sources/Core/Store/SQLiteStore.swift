import Foundation
import GRDB
import GRDBSQLite
import JobmonModel

/// A store in one SQLite file.
public final class SQLiteStore: Store, @unchecked Sendable {
  /// How the file is opened.
  public struct Options: Sendable {
    /// Sync at every commit, not once a second.
    public var synchronousFull = false
    /// Seconds to wait for another program's lock.
    public var lockPatience: Double = 60
    /// Open without making a file or upgrading one: for listings.
    public var readOnly = false
    /// Open although the write-ahead log beside the file is not its own: to look what is wrong.
    public var takesForeignLog = false
    /// Keep a copy from before an upgrade.
    public var keepsUpgraded = true

    /// The defaults: read and write, and wait up to a minute for locks.
    public init() {}
  }

  /// Brought up to this program's version of the tables.
  public struct Upgrade: Hashable, Sendable, CustomStringConvertible {
    /// The version of the tables that the file had.
    public var from: Int
    /// The version that it has now: ``SQLiteStore/version`` of this program.
    public var to: Int
    /// The path of the copy from before.
    public var copy: String

    /// One line for a person, with the path of the copy.
    public var description: String {
      "upgraded the database from version \(from) to \(to); a copy of the former one is \(copy)"
    }
  }

  /// The path of the database, as it was given.
  public let path: String
  /// What a person should be told of how the file was opened, said once.
  public private(set) var notices: [String] = []
  /// What opening the file had to bring up to date, if anything.
  public private(set) var upgrade: Upgrade?
  /// The store's UUID, lower case: made with the file, and kept by copies of it.
  public let id: String
  let queue: DatabaseQueue
  let options: Options
  let usesWriteAheadLog: Bool
  /// Ids of what apply has written already, so that it need not look them up.
  let cache = ApplyCache()
  /// Which file was opened.
  private var file: FileIdentity?
  /// Why the write-ahead log beside the file is not its own; nil where it is, or there is none.
  private(set) var foreignLog: String?
  /// Whether the tables have the column: those of a given migrator may be older.
  private(set) var knowsLogBase = false
  /// Whether ``beginWriting(_:)`` was done. Touched within the connection alone.
  private var hasWritten = false

  /// Opens the file, making it and its folder (private to the user) where there is none.
  ///
  /// - Throws: ``StoreError``.
  public init(path: String, options: Options = Options(), migrator: DatabaseMigrator? = nil) throws {
    self.path = path
    self.options = options
    let migrator = migrator ?? Schema.migrator
    let folder = (path as NSString).deletingLastPathComponent
    let exists = FileManager.default.fileExists(atPath: path)
    if options.readOnly, !exists { throw StoreError.notFound("database \(path)") }
    if !exists { try Self.makePrivate(folder: folder, file: path) }
    try Self.requireTrust(path)
    let network = FileSystemKind.networkName(of: folder.isEmpty ? "." : folder)
    usesWriteAheadLog = network == nil
    if let network, !options.readOnly {
      notices.append(
        "the database is on \(network), where several hosts cannot share a write-ahead log: using a rollback journal"
      )
    }
    do {
      // Whoever makes the file switches it to the log, for which SQLite wants it alone and does not wait.
      var making = usesWriteAheadLog && Self.isEmpty(path) ? OpeningLock(in: folder) : nil
      defer { making?.end() }
      // Once is enough.
      let isLocked = making?.isWithout ?? false
      if isLocked { notices.append(OpeningLock.notice(folder)) }
      let queue = try Self.connect(to: path, options, usesWriteAheadLog: usesWriteAheadLog)
      self.queue = queue
      making?.end()
      making = nil
      let known = migrator.migrations.count
      // Read where that is enough: a listing waits for nobody's write lock. What cannot be read yet may be half made
      // by another process: then it is looked at again in turn.
      if (try? queue.read { try migrator.appliedIdentifiers($0) })?.count != known || known == 0 {
        let lock = isLocked ? nil : OpeningLock(in: folder)
        defer { lock?.end() }
        if lock?.isWithout == true { notices.append(OpeningLock.notice(folder)) }
        let applied = try queue.read { try migrator.appliedIdentifiers($0) }
        if let newest = applied.compactMap({ Int($0) }).max(), newest > known {
          throw StoreError.newerSchema(path: path, found: newest, known: known)
        }
        if applied.count < known {
          let isUnfinished = try queue.read { try applied.isEmpty || Self.isUnfinished($0) }
          guard !options.readOnly || isUnfinished else {
            Self.leaveNoEmptyLog(of: path, queue)
            throw StoreError.olderSchema(path: path, found: applied.count, known: known)
          }
          if let live = try queue.read({ try Self.liveWorkflow($0, version: applied.count) }) {
            throw StoreError.liveUpgrade(path: path, found: applied.count, known: known, workflow: live)
          }
          if !isUnfinished, options.keepsUpgraded {
            let upgrade = Upgrade(
              from: applied.count, to: known,
              copy: try Self.keepCopy(queue, of: path, "before-upgrade-from-\(applied.count)")
            )
            notices.append(upgrade.description)
            self.upgrade = upgrade
          }
          try queue.write { try BackupChecksums.remove(from: $0) }
          try migrator.migrate(queue)
        }
      }
      id = try Self.identity(of: queue)
      knowsLogBase = known >= Schema.versionOfLogBase
      if usesWriteAheadLog {
        foreignLog = knowsLogBase ? try Self.foreignLog(of: path, queue) : nil
        if let why = foreignLog, !options.takesForeignLog { throw StoreError.foreignLog(path: path, why) }
        if foreignLog == nil { queue.inDatabase { Self.keepLog(false, $0) } }
      }
      file = FileIdentity(path)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// - Throws: ``StoreError/untrusted(path:_:)``. Another user's database may be looked at, so long as nobody but its owner
  ///   can write it.
  private static func requireTrust(_ path: String) throws {
    guard let found = OSFile.status(path) else { return }
    for file in [path] + sidecars.map({ path + $0 }) {
      if let fault = FileTrust.fault(of: file, owner: found.st_uid) {
        throw StoreError.untrusted(path: file, fault)
      }
    }
  }

  /// Has to be asked before anything of the database is run: its commands would run as this user.
  ///
  /// - Parameter asRoot: root wants that for another user's database.
  /// - Throws: ``RunRefusal`` with `not_resumable`
  public func requireOwn(asRoot: Bool) throws {
    guard let found = OSFile.status(path), ![getuid(), 0].contains(found.st_uid) else { return }
    if getuid() == 0, asRoot { return }
    let owner = CurrentUser.name(of: found.st_uid)
    throw RunRefusal(StoreRefusal.otherOwner(path: path, owner: owner, isRoot: getuid() == 0))
  }

  /// Compares device and inode of what is at ``path`` with what was opened; what cannot be looked at passes.
  public func requireInPlace() throws {
    switch FileIdentity.look(path) {
    case .found(let now) where file == nil || now == file: return
    // What cannot be looked at says nothing.
    case .unknown: return
    case .found, .missing: throw StoreError.gone(path: path)
    }
  }

  /// Whether nothing has been written to the file yet. Asked without opening it: closing a descriptor of a database
  /// drops the locks that other connections of this process hold on it.
  private static func isEmpty(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_size == 0
  }

  /// Whether the program that made the tables was killed before it was done: nothing is in them.
  private static func isUnfinished(_ database: Database) throws -> Bool {
    try Bool.fetchOne(database, sql: "SELECT NOT EXISTS (SELECT 1 FROM store)")!
  }

  private static func identity(of queue: DatabaseQueue) throws -> String {
    if let known = try queue.read({ try String.fetchOne($0, sql: "SELECT uuid FROM store") }) { return known }
    return try queue.write { database in
      if let known = try String.fetchOne(database, sql: "SELECT uuid FROM store") { return known }
      let fresh = UUID().uuidString.lowercased()
      try database.execute(
        sql: "INSERT INTO store (uuid, created, next_task, next_instance) VALUES (?, ?, 1, 1)",
        arguments: [fresh, Timestamp.now.rawValue])
      try database.execute(sql: "INSERT INTO progress (workflow_id) VALUES (0)")
      return fresh
    }
  }

  private static func makePrivate(folder: String, file: String) throws {
    do {
      try PrivateFile.makeFolder(of: file)
    } catch {
      throw StoreError.unavailable(
        path: file, "its folder \(folder) cannot be created (\(error.localizedDescription))")
    }
    // Only a file that nobody has open is opened and closed here: see sync().
    let descriptor = Glibc.open(file, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if descriptor < 0, errno == EEXIST { return }
    guard descriptor >= 0 else { throw StoreError.unavailable(path: file, String(cString: strerror(errno))) }
    close(descriptor)
    OSFile.syncFolder(of: file)
  }

  /// Pages that the log holds before they are moved into the database: 16 MiB. Pages that change again and again are written
  /// and synced once for many commits; SQLite's own 4 MiB cost a run of 250,000 simulated tasks 188 moves with three syncs
  /// each.
  private static let logPages = 4096

  /// Pages of the log, and KiB of pages in memory, where a whole workflow is written as fast as it can be: 192 and 64 MiB. A
  /// commit of simulated changes touches thousands of pages that later ones touch again. A million tasks with three
  /// upstreams each at random took 16.4 to 17.2 s with 64 MiB of log, 15.3 to 15.6 with 192; in chains 9.2 to 9.6, 8.3 to 8.4.
  private static let bulk = (logPages: 49_152, cache: 65_536)

  /// Lets the write-ahead log grow to 192 MiB, and the page cache of this connection to 64 MiB.
  public func expectBulk() throws {
    do {
      try queue.inDatabase { database in
        if usesWriteAheadLog {
          try database.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.bulk.logPages)")
        }
        try database.execute(sql: "PRAGMA cache_size = -\(Self.bulk.cache)")
      }
    } catch { throw StoreError(error, path: path) }
  }

  static func connect(to path: String, _ options: Options, usesWriteAheadLog: Bool) throws
    -> DatabaseQueue
  {
    var configuration = GRDB.Configuration()
    configuration.foreignKeysEnabled = true
    configuration.readonly = false
    configuration.busyMode = .timeout(options.lockPatience)
    configuration.maximumReaderCount = 1
    // EXTRA: the end of the journal is synced, too. Otherwise the loss of power can undo a commit.
    let synchronous = usesWriteAheadLog ? (options.synchronousFull ? "FULL" : "NORMAL") : "EXTRA"
    configuration.prepareDatabase { database in
      if usesWriteAheadLog {
        keepLog(true, database)
        // To switch to the log is to write; a reader takes the file as it is.
        if !options.readOnly { try database.execute(sql: "PRAGMA journal_mode = WAL") }
        try database.execute(sql: "PRAGMA wal_autocheckpoint = \(logPages)")
      }
      try database.execute(sql: "PRAGMA synchronous = \(synchronous)")
      try database.execute(sql: "PRAGMA cache_size = -16384")
    }
    // SQLite does not wait for the lock that the switch to the write-ahead log needs, if another process is doing the
    // same.
    let deadline = Instant.now.monotonic + Milliseconds.of(seconds: options.lockPatience)
    while true {
      do {
        return try DatabaseQueue(path: path, configuration: configuration)
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && Instant.now.monotonic < deadline
      {
        usleep(5000)
      }
    }
  }

  /// Runs a transaction, with errors in the store's own words.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      return try queue.write { database in
        if !hasWritten { try beginWriting(database) }
        let value = try body(database)
        hasWritten = true
        return value
      }
    } catch let own where Self.isOwn(own) { throw own } catch {
      throw StoreError(error, path: path)
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do { return try queue.read(body) } catch let own where Self.isOwn(own) { throw own } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Errors of this layer's callers, which say nothing of the database.
  private static func isOwn(_ error: any Error) -> Bool { error is RunRefusal || error is BindingOvertaken }

  /// The version of the tables that this program knows.
  public static var version: Int { Schema.migrator.migrations.count }

  /// SQLite's `PRAGMA data_version`: commits of this connection do not change it, those of any other do.
  public func dataVersion() throws -> Int64 {
    do {
      return try queue.inDatabase { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    } catch { throw StoreError(error, path: path) }
  }

  /// Moves what the write-ahead log holds into the database, and empties it: on a full disk that makes room.
  func emptyLog() throws {
    do {
      try queue.inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    } catch { throw StoreError(error, path: path) }
  }

  /// By the descriptor that SQLite has: one of our own may not be closed. That would drop all POSIX locks of this process
  /// on the file (fcntl(2)), those of a commit in another thread included.
  public func sync() throws {
    // Every commit to a rollback journal is synced.
    guard usesWriteAheadLog else { return }
    do { try queue.inDatabase { try Self.syncLog($0) } } catch { throw StoreError(error, path: path) }
  }

  private static func syncLog(_ database: Database) throws {
    guard let file = logFile(of: database), let methods = file.pointee.pMethods else { return }
    let code = methods.pointee.xSync(file, SQLITE_SYNC_NORMAL)
    if code != SQLITE_OK {
      throw DatabaseError(resultCode: .init(rawValue: code), message: String(cString: strerror(errno)))
    }
  }

  /// The write-ahead log as SQLite has it open; nil where the connection has not used it yet.
  static func logFile(of database: Database) -> UnsafeMutablePointer<sqlite3_file>? {
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard
      sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        == SQLITE_OK,
      file?.pointee.pMethods != nil
    else { return nil }
    return file
  }

  /// Moves what the write-ahead log holds into the database and empties it, as far as others who read let it. From then on
  /// the file is whole without its log, so a copy of it alone is, too.
  ///
  /// - Throws: ``StoreError``; where others keep the log from being emptied, that is no error.
  func checkpoint() throws {
    guard usesWriteAheadLog else { return }
    do {
      try queue.inDatabase { database in
        // Nobody is waited for: the last one who closes the file does the same.
        try database.execute(sql: "PRAGMA busy_timeout = 0")
        let result = Result { try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try database.execute(sql: "PRAGMA busy_timeout = \(Int(options.lockPatience * 1000))")
        do { try result.get() } catch let error as DatabaseError
          where error.resultCode == .SQLITE_BUSY || error.resultCode == .SQLITE_LOCKED
        {
          try database.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
        }
      }
    } catch { throw StoreError(error, path: path) }
  }
}

extension StoreError {
  /// Whether an errno says that there is no room: on the disk, within the user's quota, or within the limit that the
  /// process has for the size of a file (`ulimit -f`).
  static func isFull(_ code: Int32) -> Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }

  /// What SQLite or the file system says, as a store's error.
  init(_ error: any Error, path: String) {
    if let own = error as? StoreError {
      self = own
      return
    }
    guard let error = error as? DatabaseError else {
      self = .unavailable(path: path, "\(error)")
      return
    }
    let text = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_FULL: self = .full(path: path)
    case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED: self = .gone(path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
    case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(path: path, text)
    case .SQLITE_IOERR where Self.isFull(errno): self = .full(path: path)
    default: self = .unavailable(path: path, text)
    }
  }
}
