import JobmonModel

/// Reads the bytes written by ``ChangeEncoder``: the changes of one row of `feed`, in order.
///
/// Numbers are varints. If it makes them smaller, they are differences to the previous change, in zigzag encoding if
/// they may be negative. A text is stored in full at its first occurrence, and after that as its number in the row. The
/// `seq` of a change follows that of the previous change without a gap, unless there is a skip between them. All
/// changes of an attempt take about 20 bytes.
struct ChangeDecoder {
  /// The values that all changes of the row share.
  struct Row {
    var firstSeq: Int64
    var workflow: WorkflowID
    var run: WorkflowRunID?
    var user: String?
  }

  /// The bytes are not valid.
  struct Fault: Error {}

  private let bytes: UnsafeRawBufferPointer
  private let row: Row
  private var index = 0
  private var seq: Int64
  private var lastTime: Int64 = 0
  private var lastInstance: Int64 = 0
  private var lastTask: Int64 = 0
  private var lastNode: String?
  private var texts: [String] = []

  init(_ bytes: UnsafeRawBufferPointer, _ row: Row) {
    self.bytes = bytes
    self.row = row
    seq = row.firstSeq
  }

  /// The next change; nil at the end.
  ///
  /// - Parameter only: if given, changes of attempts and tasks are omitted unless they concern this task, and all other
  ///   kinds of changes are omitted.
  /// - Throws: ``Fault``
  mutating func next(only: TaskID? = nil) throws -> Change? {
    while index < bytes.count {
      let first = bytes[index]
      index += 1
      guard let tag = ChangeTag(rawValue: first & 0x0F) else { throw Fault() }
      if tag == .skip {
        seq += Int64(truncatingIfNeeded: try number())
        continue
      }
      lastTime &+= try signed()
      let own = seq
      var count = 1
      let what: Change.What?
      switch tag {
      case .skip: what = nil
      case .instantiated, .launched:
        let (attempts, all) = try attempts(only)
        count = max(1, all)
        if only != nil {
          // The step of one task has its own number.
          seq = own + Int64(count)
          guard let (offset, attempt) = attempts.first else { continue }
          return change(
            own + Int64(offset), tag == .launched ? .launched([attempt]) : .instantiated([attempt]))
        }
        let list = attempts.map(\.attempt)
        what = tag == .launched ? .launched(list) : .instantiated(list)
      case .started:
        let attempt = try attempt()
        if first & ChangeTag.sameNode == 0 { lastNode = try text() }
        count = 2
        what = only == nil || only == attempt.task ? .started(attempt, node: lastNode) : nil
      case .ended:
        let end = try end(first, only)
        count = 2
        what = end.map { .ended($0) }
      case .tasks:
        let (from, to) = (TaskWord(rawValue: try required()), TaskWord(rawValue: try required()))
        let why = try reason() ?? .setByHand
        let all = try tasks()
        guard let from, let to else { throw Fault() }
        count = max(1, all.count)
        if let only {
          seq = own + Int64(count)
          guard let offset = all.firstIndex(of: only) else { continue }
          return change(own + Int64(offset), .tasks([only], from: from, to: to, why: why))
        }
        what = .tasks(all, from: from, to: to, why: why)
      case .workflow:
        let (from, to) = (try text(), try required())
        let why = try reason()
        what = .workflow(from: try from.map(Self.word), to: try Self.word(to), why: why)
      case .run:
        let run = Int64(truncatingIfNeeded: try number())
        let (from, to) = (try text(), try required())
        let why = try reason()
        what = .run(run, from: try from.map(Self.word), to: try Self.word(to), why: why)
      case .stopRequested:
        what = .stopRequested(Int64(truncatingIfNeeded: try number()), cancel: try number() == 1)
      case .limit:
        let (template, from, to) = (try text(), try text(), try text())
        what = .limit(
          template: template, from: from.flatMap(Int.init), to: to.flatMap(Int.init), why: try reason())
      }
      seq = own + Int64(count)
      guard let what else { continue }
      if only != nil, tag != .started, tag != .ended { continue }
      return change(own, what)
    }
    return nil
  }

  private func change(_ seq: Int64, _ what: Change.What) -> Change {
    Change(
      seq: seq, time: Timestamp(rawValue: lastTime), workflow: row.workflow, run: row.run, user: row.user,
      what)
  }

  private static func word<Word: RawRepresentable>(_ text: String) throws -> Word
  where Word.RawValue == String {
    guard let word = Word(rawValue: text) else { throw Fault() }
    return word
  }

  private mutating func attempt() throws -> ChangedAttempt {
    lastInstance &+= try signed()
    lastTask &+= try signed()
    return ChangedAttempt(instance: lastInstance, task: lastTask)
  }

  private mutating func attempts(_ only: TaskID?) throws -> (
    [(offset: Int, attempt: ChangedAttempt)], count: Int
  ) {
    var found: [(offset: Int, attempt: ChangedAttempt)] = []
    var count = 0
    while case let length = Int(truncatingIfNeeded: try number()), length > 0 {
      // A valid range is never longer.
      guard length <= 1 << 26 else { throw Fault() }
      var first = try attempt()
      first.attempt = Int(truncatingIfNeeded: try number())
      if let only {
        let offset = only - first.task
        if (0..<Int64(length)).contains(offset) {
          found.append(
            (
              count + Int(offset),
              ChangedAttempt(instance: first.instance + offset, task: only, attempt: first.attempt)
            ))
        }
      } else {
        for offset in 0..<length {
          found.append(
            (
              count + offset,
              ChangedAttempt(
                instance: first.instance + Int64(offset), task: first.task + Int64(offset),
                attempt: first.attempt)
            ))
        }
      }
      count += length
      lastInstance = first.instance + Int64(length) - 1
      lastTask = first.task + Int64(length) - 1
    }
    return (found, count)
  }

  private mutating func tasks() throws -> [TaskID] {
    var found: [TaskID] = []
    while case let length = Int64(truncatingIfNeeded: try number()), length > 0 {
      guard length <= 1 << 26 else { throw Fault() }
      let first = lastTask &+ (try signed())
      found += first..<first + length
      lastTask = first + length - 1
    }
    return found
  }

  private mutating func end(_ first: UInt8, _ only: TaskID?) throws -> AttemptEnd? {
    var attempt = try attempt()
    attempt.attempt = Int(truncatingIfNeeded: try number())
    guard let from = ChangeCodes.task(try byte()) else { throw Fault() }
    if first & ChangeTag.sameNode == 0 { lastNode = try text() }
    let isWanted = only == nil || only == attempt.task
    if first & ChangeTag.plainSuccess != 0 {
      return isWanted
        ? AttemptEnd(
          attempt: attempt, from: from, taskStatus: .done, status: .done, cause: .exit(0), node: lastNode)
        : nil
    }
    guard let status = ChangeCodes.instance(try byte()), let taskStatus = ChangeCodes.task(try byte()) else {
      throw Fault()
    }
    let word = try required()
    let code = Int(truncatingIfNeeded: try signed())
    guard let cause = Cause(word: word, code: code, detail: try text()) else { throw Fault() }
    let message = try text()
    let followUp = try text().map { try StoredJSON.value(FollowUp.self, $0) }
    return isWanted
      ? AttemptEnd(
        attempt: attempt, from: from, taskStatus: taskStatus, status: status, cause: cause, node: lastNode,
        message: message, followUp: followUp) : nil
  }

  private mutating func reason() throws -> ChangeReason? {
    try text().map { try StoredJSON.value(ChangeReason.self, $0) }
  }

  private mutating func required() throws -> String {
    guard let text = try text() else { throw Fault() }
    return text
  }

  private mutating func text() throws -> String? {
    switch try number() {
    case 0: return nil
    case 1:
      let length = try number()
      guard length <= UInt64(bytes.count - index) else { throw Fault() }
      let end = index + Int(length)
      let text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[index..<end]), as: UTF8.self)
      index = end
      texts.append(text)
      return text
    case let known:
      guard known - 2 < UInt64(texts.count) else { throw Fault() }
      return texts[Int(known - 2)]
    }
  }

  private mutating func byte() throws -> UInt8 {
    guard index < bytes.count else { throw Fault() }
    defer { index += 1 }
    return bytes[index]
  }

  private mutating func number() throws -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw Fault()
  }

  private mutating func signed() throws -> Int64 {
    let value = try number()
    return Int64(bitPattern: (value >> 1)) ^ -Int64(bitPattern: value & 1)
  }
}
