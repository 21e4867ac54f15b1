import JobmonModel

/// Packs changes of one workflow into the bytes of a row of `feed`. ``ChangeDecoder`` describes the format.
struct ChangeEncoder {
  private(set) var bytes: [UInt8] = []
  /// The number of the next change if there is no gap.
  private var nextSeq: Int64?
  private(set) var firstSeq: Int64 = 0
  /// A bit for each kind of change in the row: ``ChangeTag/bit``.
  private(set) var kinds: Int64 = 0
  private var lastTime: Int64 = 0
  private var lastInstance: Int64 = 0
  private var lastTask: Int64 = 0
  private var lastNode: String?
  private var texts: [String: UInt64] = [:]

  var isEmpty: Bool { bytes.isEmpty }
  /// The number of the last step.
  var lastSeq: Int64 { (nextSeq ?? 0) - 1 }

  init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  /// Appends a change. Its numbers must be larger than those of the previous change.
  mutating func append(_ change: Change) throws {
    if let nextSeq {
      if change.seq > nextSeq {
        bytes.append(ChangeTag.skip.rawValue)
        append(UInt64(change.seq - nextSeq))
      }
    } else {
      firstSeq = change.seq
    }
    nextSeq = change.seq + Int64(change.count)
    let time = change.time.rawValue
    switch change.what {
    case .instantiated(let attempts): append(.instantiated, time, attempts)
    case .launched(let attempts): append(.launched, time, attempts)
    case .started(let attempt, let node):
      let isSame = node == lastNode
      begin(.started, flags: isSame ? ChangeTag.sameNode : 0, time)
      append(attempt)
      if !isSame { append(node: node) }
    case .ended(let end): try append(end, time)
    case .tasks(let tasks, let from, let to, let why):
      begin(.tasks, time)
      append(from.rawValue)
      append(to.rawValue)
      append(try StoredJSON.text(why))
      append(tasks)
    case .workflow(let from, let to, let why):
      begin(.workflow, time)
      append(from?.rawValue)
      append(to.rawValue)
      append(try why.map(StoredJSON.text))
    case .run(let run, let from, let to, let why):
      begin(.run, time)
      append(UInt64(run))
      append(from?.rawValue)
      append(to.rawValue)
      append(try why.map(StoredJSON.text))
    case .stopRequested(let run, let cancel):
      begin(.stopRequested, time)
      append(UInt64(run))
      append(cancel ? 1 : 0)
    case .limit(let template, let from, let to, let why):
      begin(.limit, time)
      append(template)
      append(from.map(String.init))
      append(to.map(String.init))
      append(try why.map(StoredJSON.text))
    }
  }

  private mutating func append(_ end: AttemptEnd, _ time: Int64) throws {
    let isPlain = end.isPlainSuccess
    let isSame = end.node == lastNode
    begin(
      .ended, flags: (isSame ? ChangeTag.sameNode : 0) | (isPlain ? ChangeTag.plainSuccess : 0), time)
    append(end.attempt)
    append(UInt64(end.attempt.attempt))
    bytes.append(ChangeCodes.code(end.from))
    if !isSame { append(node: end.node) }
    guard !isPlain else { return }
    bytes.append(ChangeCodes.code(end.status))
    bytes.append(ChangeCodes.code(end.taskStatus))
    append(end.cause.word)
    append(Self.zigzag(Int64(end.cause.code ?? 0)))
    append(end.cause.detail)
    append(end.message)
    append(try end.followUp.map(StoredJSON.text))
  }

  private mutating func begin(_ tag: ChangeTag, flags: UInt8 = 0, _ time: Int64) {
    bytes.append(tag.rawValue | flags)
    kinds |= tag.bit
    append(Self.zigzag(time &- lastTime))
    lastTime = time
  }

  private mutating func append(_ attempt: ChangedAttempt) {
    append(Self.zigzag(attempt.instance &- lastInstance))
    append(Self.zigzag(attempt.task &- lastTask))
    lastInstance = attempt.instance
    lastTask = attempt.task
  }

  /// Attempts with consecutive instances and tasks are written as one range.
  private mutating func append(_ tag: ChangeTag, _ time: Int64, _ attempts: [ChangedAttempt]) {
    begin(tag, time)
    var index = 0
    while index < attempts.count {
      let first = attempts[index]
      var length = 1
      while index + length < attempts.count,
        case let next = attempts[index + length], next.attempt == first.attempt,
        next.instance == first.instance + Int64(length), next.task == first.task + Int64(length)
      {
        length += 1
      }
      append(UInt64(length))
      append(first)
      append(UInt64(first.attempt))
      lastInstance = first.instance + Int64(length) - 1
      lastTask = first.task + Int64(length) - 1
      index += length
    }
    append(0 as UInt64)
  }

  private mutating func append(_ tasks: [TaskID]) {
    var index = 0
    while index < tasks.count {
      var length = 1
      while index + length < tasks.count, tasks[index + length] == tasks[index] + Int64(length) {
        length += 1
      }
      append(UInt64(length))
      append(Self.zigzag(tasks[index] &- lastTask))
      lastTask = tasks[index] + Int64(length) - 1
      index += length
    }
    append(0 as UInt64)
  }

  private mutating func append(node: String?) {
    append(node)
    lastNode = node
  }

  /// Writes 0 for nil, 1 and the text itself if it is new, or else its number, from 2.
  private mutating func append(_ text: String?) {
    guard var text else { return append(0 as UInt64) }
    if let known = texts[text] { return append(known) }
    texts[text] = UInt64(texts.count + 2)
    append(1 as UInt64)
    text.withUTF8 { utf8 in
      append(UInt64(utf8.count))
      bytes.append(contentsOf: utf8)
    }
  }

  private mutating func append(_ value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }
}

extension AttemptEnd {
  /// Whether it is a success without further details.
  var isPlainSuccess: Bool {
    status == .done && taskStatus == .done && cause == .exit(0) && message == nil && followUp == nil
  }
}
