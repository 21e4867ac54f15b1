import Foundation
import JobmonModel
import JobmonStore

/// Periodic work on a thread and a connection of its own: the heartbeat, a sync once a second, and checks for control
/// requests.
final class LeaseKeeper: @unchecked Sendable {
  /// A report from the keeper to the driver.
  enum Report: Sendable {
    case controls(RunControls)
    /// Everything committed up to this mark is synced.
    case synced(Int64)
    case leaseLost
    /// The database path no longer refers to the file that was opened.
    case storeGone(StoreError)
    case failed(StoreError)
  }

  /// Milliseconds between checks for changes in the store; control requests are seen within 200 ms.
  private static let lookOut: Int64 = 100
  /// Milliseconds of committed work that a power failure may lose.
  private static let syncInterval: Int64 = 1000

  private let store: any Store
  private let run: WorkflowRunID
  private let beatInterval: Int64
  private let report: @Sendable (Report) -> Void
  private let stopped = Mailbox<Void>()
  private let ended = Mailbox<Void>()
  private let state = NSLock()
  private var beatAt: Int64
  private var committed: Int64 = 0
  private var synced: Int64 = 0

  /// - Parameter beatInterval: seconds.
  init(
    store: any Store, run: WorkflowRunID, beatInterval: Double, report: @escaping @Sendable (Report) -> Void
  ) {
    self.store = store
    self.run = run
    self.beatInterval = Milliseconds.of(seconds: beatInterval)
    self.report = report
    beatAt = Instant.now.monotonic
  }

  func start() {
    let thread = Thread { [self] in work() }
    thread.name = "lease"
    thread.start()
  }

  /// Returns after the thread has ended.
  func stop() {
    stopped.post([()])
    _ = ended.take(within: nil)
  }

  /// When the last heartbeat was committed, in monotonic milliseconds.
  var lastBeat: Int64 {
    state.lock()
    defer { state.unlock() }
    return beatAt
  }

  func noteBeat() {
    state.lock()
    beatAt = Instant.now.monotonic
    state.unlock()
  }

  /// Requests a sync of all commits up to this mark.
  func noteCommit(_ mark: Int64) {
    state.lock()
    committed = mark
    state.unlock()
  }

  private func work() {
    var lastVersion: Int64?
    var lastControls: RunControls?
    var lastSync = Instant.now.monotonic
    var isFailing = false
    while stopped.take(within: Self.lookOut).isEmpty {
      do {
        try store.requireInPlace()
        let now = Instant.now.monotonic
        if now - lastBeat >= beatInterval {
          guard try store.beat(run) else {
            report(.leaseLost)
            break
          }
          noteBeat()
        }
        if now - lastSync >= Self.syncInterval {
          try syncIfNeeded()
          lastSync = now
        }
        let version = try store.dataVersion()
        if version != lastVersion {
          lastVersion = version
          let controls = try store.controls(run)
          if controls != lastControls { report(.controls(controls)) }
          lastControls = controls
          if !controls.holdsLease {
            report(.leaseLost)
            break
          }
        }
        isFailing = false
      } catch let error as StoreError where error.isGone {
        report(.storeGone(error))
        break
      } catch let error as StoreError {
        // The driver detects a permanent failure by its own commits. Report this once, and try again.
        if !isFailing { report(.failed(error)) }
        isFailing = true
      } catch {
        if !isFailing { report(.failed(.unavailable(path: "", "\(error)"))) }
        isFailing = true
      }
    }
    ended.post([()])
  }

  private func syncIfNeeded() throws {
    state.lock()
    let mark = committed
    let isNew = mark > synced
    state.unlock()
    guard isNew else { return }
    try store.sync()
    state.lock()
    synced = mark
    state.unlock()
    report(.synced(mark))
  }
}
