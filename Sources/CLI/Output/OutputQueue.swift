import Foundation
import JobmonCore
import OSText
import Synchronization

/// Lines on their way to a reader that may be slow, or may not read at all: a bounded queue and a thread that writes it.
/// Whoever posts does not wait for the reader.
///
/// Where the queue is full, events are dropped, and the reader is told how many as soon as there is room. A regular file
/// always takes what it is given, or fails: there, the caller waits for room instead.
final class OutputQueue: Sendable {
  /// Bytes that may wait.
  static let standardLimit = 4 << 20
  /// Bytes that are encoded at a time, so that writing begins meanwhile.
  private static let slice = 1 << 18
  /// How long the reader may take nothing at the end, in milliseconds.
  static let patience: Int64 = 2000

  private let descriptor: Int32
  private let limit: Int
  private let waitsForRoom: Bool
  private let line: @Sendable (EventLine) -> String
  private let failed: @Sendable (Int32) -> Void
  private let state = Mutex(State())
  private let arrivals = Mailbox<Void>()
  /// Whoever waits for the writer looks again at each of these.
  private let progress = Mailbox<Void>()

  private struct Entry {
    var bytes: [UInt8]
    var events: Int
  }

  private struct State {
    var entries: [Entry] = []
    /// The index of the first entry that is not written yet; those before it are empty.
    var first = 0
    /// Bytes of the first entry that are written.
    var written = 0
    /// Bytes that wait.
    var waiting = 0
    /// All bytes that were ever written.
    var taken = 0
    var dropped: DroppedEvents?
    /// Whether somebody waits for the writer.
    var isAwaited = false
    var isClosed = false
    /// errno of the write that failed; nothing is written from then on.
    var failure: Int32?

    var isEmpty: Bool { first == entries.count }

    mutating func append(_ bytes: [UInt8], events: Int) {
      entries.append(Entry(bytes: bytes, events: events))
      waiting += bytes.count
    }

    /// Adds lines of JSON.
    mutating func append(_ json: String, events: Int) {
      append(Array(VisibleText.json(json).utf8), events: events)
    }

  }

  /// What was not written.
  struct Undelivered: Hashable {
    var events = 0
    /// Other lines.
    var others = 0
  }

  /// - Parameters:
  ///   - line: an event as the reader gets it, with its newline.
  ///   - failed: gets errno, once, from the writer's thread.
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

  /// Posts a line of JSON that must not get lost.
  func post(_ text: String) { post { $0.append(text, events: 0) } }

  /// Posts lines for people that must not get lost.
  func post(forPeople text: StyledText) { post { $0.append(OSText.bytes("\(text.raw)\n"), events: 0) } }

  private func post(_ append: (inout State) -> Void) {
    state.withLock { state in
      guard state.failure == nil else { return }
      tellDropped(&state)
      append(&state)
    }
    arrivals.post([()])
  }

  /// Posts a line that nobody misses where the reader is late.
  func post(ifRoom text: String) {
    let isPosted = state.withLock { state in
      guard state.failure == nil, state.dropped == nil, state.waiting < limit else { return false }
      state.append(text, events: 0)
      return true
    }
    if isPosted { arrivals.post([()]) }
  }

  /// Posts events; where there is no room they are not even encoded.
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

  /// Bytes that there is room for; nil where the events were dropped instead, or nothing is written any more.
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

  /// Notes that a piece of the first entry was written.
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

  /// Waits until everything is written, for as long as the reader takes something; then the writer ends.
  ///
  /// - Parameter patience: how long the reader may take nothing, in milliseconds.
  /// - Returns: what the reader did not take; nothing where writing has failed, which was told.
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
      // Of the entry that is being written, some events have arrived.
      if state.written > 0, let entry = state.entries[state.first...].first, entry.events > 0 {
        left.events -= min(entry.events, entry.bytes[..<state.written].count { $0 == 0x0A })
      }
      return left
    }
  }

  /// errno of the write that failed.
  var failure: Int32? { state.withLock { $0.failure } }
}
