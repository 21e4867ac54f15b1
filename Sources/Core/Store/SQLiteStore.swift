import Foundation
import GRDB
import GRDBSQLite
import JobmonModel

/// A store in one SQLite file.
public final class SQLiteStore: Store, @unchecked Sendable {
  /// Options for opening the file.
  public struct Options: Sendable {
    /// Whether to sync at every commit, rather than once a second.
    public var synchronousFull = false
    /// Seconds to wait for another program's lock.
    public var lockPatience: Double = 60
    /// Whether to open the file for listings, without creating or upgrading it.
    public var readOnly = false
    /// Whether to open the file even if its write-ahead log does not belong to it, for checks.
    public var takesForeignLog = false
    /// Whether to keep a copy of the file before an upgrade.
    public var keepsUpgraded = true

    /// The defaults: read and write, with up to a minute of waiting for locks.
    public init() {}
  }

  /// An upgrade of the file to this program's version of the tables.
  public struct Upgrade: Hashable, Sendable, CustomStringConvertible {
    /// The previous version of the tables.
    public var from: Int
    /// The present version of the tables: ``SQLiteStore/version``.
    public var to: Int
    /// The path of the copy from before the upgrade.
    public var copy: String

    /// A line for the user, with the path of the copy.
    public var description: String {
      "upgraded the database from version \(from) to \(to); a copy of the former one is \(copy)"
    }
  }

  /// The path of the database, as given.
  public let path: String
  /// Messages for the user about how the file was opened.
  public private(set) var notices: [String] = []
  /// The upgrade made when the file was opened; nil if there was none, or if no copy was kept.
  public private(set) var upgrade: Upgrade?
  /// The store's UUID in lower case. It is created with the file and does not change in copies of it.
  public let id: String
  let queue: DatabaseQueue
  let options: Options
  let usesWriteAheadLog: Bool
  /// Ids that `apply` has already looked up or written.
  let cache = ApplyCache()
  /// The identity of the opened file.
  private var file: FileIdentity?
  /// Why the write-ahead log does not belong to the file; nil if it belongs to it or does not exist.
  private(set) var foreignLog: String?
  /// Whether the tables have the column `log_base`. The tables of a given migrator may be older.
  private(set) var knowsLogBase = false
  /// Whether ``beginWriting(_:)`` was called. Used only within the connection.
  private var hasWritten = false

  /// Opens the file. Creates it and its folder, private to the user, if it does not exist.
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
      // The process that creates the file switches it to a write-ahead log. SQLite needs exclusive access for this and
      // does not wait for it.
      var making = usesWriteAheadLog && Self.isEmpty(path) ? OpeningLock(in: folder) : nil
      defer { making?.end() }
      // A wait that has timed out is not repeated below.
      let isLocked = making?.isWithout ?? false
      if isLocked { notices.append(OpeningLock.notice(folder)) }
      let queue = try Self.connect(to: path, options, usesWriteAheadLog: usesWriteAheadLog)
      self.queue = queue
      making?.end()
      making = nil
      let known = migrator.migrations.count
      // Only reads if the version is current, so a listing does not wait for a write lock. A database that cannot be
      // read yet may still be in creation by another process. It is read again under the lock.
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

  /// - Throws: ``StoreError/untrusted(path:_:)``. Another user's database may be read if only its owner can write it.
  private static func requireTrust(_ path: String) throws {
    guard let found = OSFile.status(path) else { return }
    for file in [path] + sidecars.map({ path + $0 }) {
      if let fault = FileTrust.fault(of: file, owner: found.st_uid) {
        throw StoreError.untrusted(path: file, fault)
      }
    }
  }

  /// Requires that the database belongs to this user or to root. Must be called before anything in the database is run,
  /// because its commands would run as this user.
  ///
  /// - Parameter asRoot: whether root has explicitly allowed another user's database.
  /// - Throws: ``RunRefusal`` with `not_resumable`
  public func requireOwn(asRoot: Bool) throws {
    guard let found = OSFile.status(path), ![getuid(), 0].contains(found.st_uid) else { return }
    if getuid() == 0, asRoot { return }
    let owner = CurrentUser.name(of: found.st_uid)
    throw RunRefusal(StoreRefusal.otherOwner(path: path, owner: owner, isRoot: getuid() == 0))
  }

  /// Checks that ``path`` still has the device and inode of the opened file. If the path cannot be looked up, the check
  /// passes.
  public func requireInPlace() throws {
    switch FileIdentity.look(path) {
    case .found(let now) where file == nil || now == file: return
    case .unknown: return
    case .found, .missing: throw StoreError.gone(path: path)
    }
  }

  /// Whether nothing has been written to the file yet. Does not open it, because closing a descriptor of a database
  /// drops the locks that other connections of this process hold on it.
  private static func isEmpty(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_size == 0
  }

  /// Whether the program that created the tables was killed before it finished. Such tables contain nothing.
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
    // Only a new file, which no connection has open, may be opened and closed here: see sync().
    let descriptor = Glibc.open(file, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o600)
    if descriptor < 0, errno == EEXIST { return }
    guard descriptor >= 0 else { throw StoreError.unavailable(path: file, String(cString: strerror(errno))) }
    close(descriptor)
    OSFile.syncFolder(of: file)
  }

  /// Number of pages in the write-ahead log before a checkpoint: 16 MiB. Pages that change often are written and synced
  /// once for many commits. With SQLite's default of 4 MiB, a run of 250,000 simulated tasks made 188 checkpoints with
  /// three syncs each.
  private static let logPages = 4096

  /// Number of pages in the log, and KiB of cached pages, for writing a whole workflow as fast as possible: 192 and 64
  /// MiB. A commit of simulated changes touches thousands of pages that later commits touch again. With 64 MiB of log,
  /// a million tasks with three random upstreams each took 16.4 to 17.2 s, with 192 MiB 15.3 to 15.6 s; in chains 9.2
  /// to 9.6 s, and 8.3 to 8.4 s.
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
    // EXTRA also syncs the end of the journal. Otherwise a power failure can undo a commit.
    let synchronous = usesWriteAheadLog ? (options.synchronousFull ? "FULL" : "NORMAL") : "EXTRA"
    configuration.prepareDatabase { database in
      if usesWriteAheadLog {
        keepLog(true, database)
        // Switching to a write-ahead log writes to the file, so a reader does not change the mode.
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

  /// Runs a transaction, and converts errors to ``StoreError``.
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

  /// Errors thrown by this layer's own code, which are not faults of the database.
  private static func isOwn(_ error: any Error) -> Bool { error is RunRefusal || error is BindingOvertaken }

  /// The version of the tables that this program uses.
  public static var version: Int { Schema.migrator.migrations.count }

  /// SQLite's `PRAGMA data_version`. It changes with commits of other connections, but not with those of this
  /// connection.
  public func dataVersion() throws -> Int64 {
    do {
      return try queue.inDatabase { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    } catch { throw StoreError(error, path: path) }
  }

  /// Moves the write-ahead log into the database and empties it, which frees space on a full disk.
  func emptyLog() throws {
    do {
      try queue.inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    } catch { throw StoreError(error, path: path) }
  }

  /// Makes all commits survive a power failure. Uses the descriptor that SQLite has open: closing another descriptor of
  /// the file would drop all POSIX locks of this process on it (fcntl(2)), including those of a commit in another
  /// thread.
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

  /// The write-ahead log as SQLite has it open; nil if the connection has not used it yet.
  static func logFile(of database: Database) -> UnsafeMutablePointer<sqlite3_file>? {
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard
      sqlite3_file_control(database.sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        == SQLITE_OK,
      file?.pointee.pMethods != nil
    else { return nil }
    return file
  }

  /// Moves the write-ahead log into the database and empties it, as far as other readers allow. If the log is empty,
  /// the file is complete without it, and so is a copy of the file alone.
  ///
  /// - Throws: ``StoreError``. It is not an error if other connections prevent emptying the log.
  func checkpoint() throws {
    guard usesWriteAheadLog else { return }
    do {
      try queue.inDatabase { database in
        // Does not wait for other connections: the last one that closes the file does the same.
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
  /// Whether an errno means that there is no space left: on the disk, within the user's quota, or within the process's
  /// limit for the size of a file (`ulimit -f`).
  static func isFull(_ code: Int32) -> Bool { [ENOSPC, EDQUOT, EFBIG].contains(code) }

  /// Converts an error of SQLite or of the file system.
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
