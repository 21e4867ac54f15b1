import Foundation
import JobmonCore
import OSText
import Synchronization

/// Lines for a reader that may be slow or may not read at all: a bounded queue, and a thread that writes it. Posting
/// never blocks on the reader.
///
/// If the queue is full, events are dropped, and their number is written when there is room again. A regular file
/// always accepts data or fails, so for a regular file posting waits for room.
final class OutputQueue: Sendable {
  /// Maximum size of the queue, in bytes.
  static let standardLimit = 4 << 20
  /// Bytes encoded at a time, so that writing can start while more is encoded.
  private static let slice = 1 << 18
  /// How long the reader may read nothing at the end, in milliseconds.
  static let patience: Int64 = 2000

  private let descriptor: Int32
  private let limit: Int
  private let waitsForRoom: Bool
  private let line: @Sendable (EventLine) -> String
  private let failed: @Sendable (Int32) -> Void
  private let state = Mutex(State())
  private let arrivals = Mailbox<Void>()
  /// Wakes threads that wait for the writer.
  private let progress = Mailbox<Void>()

  private struct Entry {
    var bytes: [UInt8]
    var events: Int
  }

  private struct State {
    var entries: [Entry] = []
    /// The index of the first entry that is not yet written; earlier entries are empty.
    var first = 0
    /// Bytes of the first entry that are already written.
    var written = 0
    /// Bytes in the queue.
    var waiting = 0
    /// Total bytes written.
    var taken = 0
    var dropped: DroppedEvents?
    /// Whether a thread waits for the writer.
    var isAwaited = false
    var isClosed = false
    /// errno of the failed write; nothing is written afterwards.
    var failure: Int32?

    var isEmpty: Bool { first == entries.count }

    /// Adds lines of JSON.
    mutating func append(_ json: String, events: Int) {
      let bytes = Array(VisibleText.json(json).utf8)
      entries.append(Entry(bytes: bytes, events: events))
      waiting += bytes.count
    }
  }

  /// What could not be delivered.
  struct Undelivered: Hashable {
    var events = 0
    /// Other lines.
    var others = 0
  }

  /// - Parameters:
  ///   - line: an event as it is written, with its newline.
  ///   - failed: called with errno, once, on the writer's thread.
  init(
    to descriptor: Int32, limit: Int = standardLimit, line: @escaping @Sendable (EventLine) -> String,
    failed: @escaping @Sendable (Int32) -> Void
  ) {
    self.descriptor = descriptor
    self.limit = limit
    self.line = line
    self.failed = failed
    waitsForRoom = Descriptor.isRegularFile(descriptor)
    let thread = Thread { [self] in write() }
    thread.name = "writer"
    thread.start()
  }

  // MARK: Posting

  /// Posts a line of JSON that must not be dropped.
  func post(_ text: String) {
    state.withLock { state in
      guard state.failure == nil else { return }
      tellDropped(&state)
      state.append(text, events: 0)
    }
    arrivals.post([()])
  }

  /// Posts a line that may be dropped if the queue is full.
  func post(ifRoom text: String) {
    let isPosted = state.withLock { state in
      guard state.failure == nil, state.dropped == nil, state.waiting < limit else { return false }
      state.append(text, events: 0)
      return true
    }
    if isPosted { arrivals.post([()]) }
  }

  /// Posts events; if there is no room, they are dropped without being encoded.
  func post(_ events: [StatusEvent]) {
    var rest = events[...]
    while !rest.isEmpty {
      guard let room = room(or: rest) else { return }
      var text = ""
      var count = 0
      while let event = rest.first, text.utf8.count < min(room, Self.slice) {
        text += line(.event(event))
        count += 1
        rest = rest.dropFirst()
      }
      state.withLock { state in
        guard state.failure == nil else { return }
        state.append(text, events: count)
      }
      arrivals.post([()])
    }
  }

  /// Free bytes in the queue; nil if the events were dropped, or nothing is written any more.
  private func room(or events: ArraySlice<StatusEvent>) -> Int? {
    while true {
      let room = state.withLock { state -> Int? in
        guard state.failure == nil else { return nil }
        if state.dropped == nil, state.waiting < limit { return limit - state.waiting }
        if waitsForRoom {
          state.isAwaited = true
          return 0
        }
        state.dropped = (state.dropped ?? DroppedEvents(before: events)).adding(events)
        return nil
      }
      guard room == 0 else { return room }
      _ = progress.take(within: nil)
    }
  }

  private func tellDropped(_ state: inout State) {
    guard let dropped = state.dropped else { return }
    state.dropped = nil
    state.append(line(.dropped(dropped)), events: dropped.count)
  }

  // MARK: Writing

  private func write() {
    let piece = waitsForRoom ? Self.slice : Descriptor.piece
    while true {
      let (next, isClosed) = state.withLock { state in
        (state.isEmpty ? nil : state.entries[state.first].bytes, state.isClosed)
      }
      guard let next else {
        if isClosed { return }
        _ = arrivals.take(within: nil)
        continue
      }
      let failure = next.withUnsafeBytes { Descriptor.write($0, to: descriptor, pieces: piece, taken: note) }
      guard failure == 0 else { return fail(failure) }
    }
  }

  /// Records that a piece of the first entry was written.
  private func note(_ count: Int) {
    let isAwaited = state.withLock { state in
      state.written += count
      state.waiting -= count
      state.taken += count
      if state.written == state.entries[state.first].bytes.count {
        state.entries[state.first].bytes = []
        state.first += 1
        state.written = 0
        if state.first >= 64, state.first * 2 >= state.entries.count {
          state.entries.removeFirst(state.first)
          state.first = 0
        }
      }
      if state.waiting <= limit / 2 { tellDropped(&state) }
      defer { state.isAwaited = false }
      return state.isAwaited
    }
    if isAwaited { progress.post([()]) }
  }

  private func fail(_ failure: Int32) {
    state.withLock { state in
      state.failure = failure
      state.entries = []
      state.first = 0
      state.waiting = 0
      state.dropped = nil
    }
    progress.post([()])
    failed(failure)
  }

  // MARK: Ending

  /// Waits until everything is written, for as long as the reader keeps reading. Then ends the writer.
  ///
  /// - Parameter patience: how long the reader may read nothing, in milliseconds.
  /// - Returns: what was not delivered; nothing if writing has failed, because that was already reported.
  func drain(patience: Int64 = OutputQueue.patience) -> Undelivered {
    var taken = -1
    var since = Instant.now.monotonic
    while true {
      let (now, isOver) = state.withLock { state in
        tellDropped(&state)
        state.isClosed = true
        state.isAwaited = true
        return (state.taken, state.isEmpty)
      }
      arrivals.post([()])
      if isOver { break }
      let time = Instant.now.monotonic
      if now != taken { (taken, since) = (now, time) }
      guard time - since < patience else { break }
      _ = progress.take(within: patience - (time - since))
    }
    return state.withLock { state in
      var left = Undelivered()
      for entry in state.entries[state.first...] {
        left.events += entry.events
        if entry.events == 0 { left.others += 1 }
      }
      // Some events of the entry being written have already arrived.
      if state.written > 0, let entry = state.entries[state.first...].first, entry.events > 0 {
        left.events -= min(entry.events, entry.bytes[..<state.written].count { $0 == 0x0A })
      }
      return left
    }
  }

  /// errno of the failed write.
  var failure: Int32? { state.withLock { $0.failure } }
}
