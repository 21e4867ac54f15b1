import Foundation
import JobmonModel
import JobmonStore

/// What has to happen beside the turns, on a thread and a connection of its own: the heartbeat, the sync once a
/// second, and the look-out for what people ask of the run.
final class LeaseKeeper: @unchecked Sendable {
  /// What the keeper has to say to the driver.
  enum Report: Sendable {
    case controls(RunControls)
    /// Everything committed before the mark was given is synced.
    case synced(Int64)
    case leaseLost
    /// The database is not the file any more that was opened.
    case storeGone(StoreError)
    case failed(StoreError)
  }

  /// Milliseconds between looks at whether anything changed in the store: controls are seen within 200 ms.
  private static let lookOut: Int64 = 100
  /// Milliseconds of committed work that the loss of power may cost.
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

  /// Returns when the thread has ended.
  func stop() {
    stopped.post([()])
    _ = ended.take(within: nil)
  }

  /// When the last beat was committed, in monotonic milliseconds.
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

  /// Tells that commits up to this mark want to be synced.
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
        // The driver learns of a lasting failure by its own commits; this is said once, and tried again.
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
