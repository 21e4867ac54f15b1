import Foundation
import GRDB
import JobmonModel

/// The parts of the sentence that versions before 6 stored for the end of an attempt: the failure, the figures, and
/// what followed. It is parsed once, when the database is upgraded.
struct KeptReason {
  var detail: String?
  var message: String?
  var followUp: FollowUp?

  /// - Parameters:
  ///   - word: ``Cause/word``
  ///   - isRetry: whether another attempt followed.
  init(_ sentence: String, word: String, code: Int?, status: TaskInstanceStatus, isRetry: Bool) {
    // The sentence of an attempt that was cancelled or interrupted does not begin with a failure.
    guard ![.killed, .done].contains(status), word != "interrupted" else {
      message = sentence
      return
    }
    var rest = sentence
    if isRetry {
      followUp = status == .resourceError ? .retryWithMore(word == "runtime" ? .runtime : .memory) : .retry
    }
    if let (failure, next) = Self.takeNote(rest) {
      (rest, followUp) = (failure, next)
    } else if !isRetry, [.fatal, .resourceError].contains(status) {
      followUp = FollowUp.noFurtherAttempt(.rejected)
    }
    let head: String
    switch word {
    case "cancelled":
      detail =
        rest.hasPrefix("cancelled by ")
        ? String(rest.dropFirst("cancelled by ".count).prefix { $0 != ":" }) : nil
      head = "cancelled by \(detail ?? "")"
    case "lost":
      let opening = "lost by the cluster ("
      detail = rest.hasPrefix(opening) ? String(rest.dropFirst(opening.count).prefix { $0 != ")" }) : nil
      head = "\(opening)\(detail ?? ""))"
    default:
      head = Self.words(word, code)
    }
    if rest == head { return }
    message = rest.hasPrefix(head + ": ") ? String(rest.dropFirst(head.count + 2)) : rest
  }

  /// The failure as versions before 6 described it.
  private static func words(_ word: String, _ code: Int?) -> String {
    switch word {
    case "exit" where code == 126: "exit code 126 (the command cannot be executed)"
    case "exit" where code == 127: "exit code 127 (the command was not found)"
    case "exit": "exit code \(code ?? 0)"
    case "signal": "killed by signal \(code ?? 0)"
    case "memory": "used more memory than it asked for"
    case "runtime": "ran longer than it asked for"
    case "nodeFailure": "its node failed"
    case "preempted": "preempted"
    case "launchFailure": "could not be started"
    default: ""
    }
  }

  private static func takeNote(_ sentence: String) -> (String, FollowUp)? {
    func split(_ mark: String) -> (String, String)? {
      sentence.range(of: mark, options: .backwards).map {
        (String(sentence[..<$0.lowerBound]), String(sentence[$0.upperBound...]))
      }
    }
    if let (failure, time) = split("; not tried again before "), let time = Timestamp(iso8601: time) {
      return (failure, .retryLater(notBefore: time))
    }
    if let (failure, rest) = split("; the last of "), let count = Int(rest.prefix { $0.isNumber }) {
      return (failure, .noFurtherAttempt(.attemptsUsed(count)))
    }
    if let (failure, rest) = split("; the only attempt"), rest.isEmpty {
      return (failure, .noFurtherAttempt(.attemptsUsed(1)))
    }
    if let (failure, _) = split("; not tried again, because another attempt would fail") {
      return (failure, .noFurtherAttempt(.certainToFail))
    }
    if let (failure, rest) = split("; exit code "), rest.hasSuffix(" is not retried"),
      let code = Int(rest.prefix { $0.isNumber })
    {
      return (failure, .noFurtherAttempt(.exitCodeNotRetried(code)))
    }
    if let (failure, rest) = split("; only exit codes "), rest.hasSuffix(" are retried") {
      let codes = rest.dropLast(" are retried".count).split(separator: ",").compactMap {
        Int($0.trimmingPrefix(" "))
      }
      return (failure, .noFurtherAttempt(.onlyRetried(codes)))
    }
    if let (failure, _) = split("; a task that somebody cancels is not retried") {
      return (failure, .noFurtherAttempt(.cancelled))
    }
    for resource in [ScalableResource.memory, .runtime] {
      if let (failure, why) = split("; with more \(resource.rawValue): ") {
        return (failure, .noFurtherAttempt(.noRoom(for: resource, why: why)))
      }
    }
    if let (failure, rest) = split("; "), rest.hasSuffix(" infrastructure failures"),
      let count = Int(rest.prefix { $0.isNumber })
    {
      return (failure, .noFurtherAttempt(.infrastructureFailures(count)))
    }
    return nil
  }

  /// Parses the sentences of all instances.
  static func upgrade(_ database: Database) throws {
    let update = try database.makeStatement(
      sql: "UPDATE instance SET detail = ?, message = ?, follow_up = ? WHERE id = ?")
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, message, cause, code, status, is_retry FROM instance
        WHERE NOT is_open AND message IS NOT NULL AND cause IS NOT NULL AND status <> 'DONE'
        """)
    for row in rows {
      let kept = KeptReason(
        row[1], word: row[2], code: row[3], status: TaskInstanceStatus(rawValue: row[4]) ?? .unknown,
        isRetry: row[5])
      try update.execute(arguments: [
        kept.detail, kept.message, try kept.followUp.map { try StoredJSON.text($0) }, row[0],
      ])
    }
  }
}
