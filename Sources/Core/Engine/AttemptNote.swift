/// What a failed attempt's reason, as it is kept, says of the attempts after it. The engine writes it behind the failure itself;
/// whoever explains or groups failures takes it apart again.
enum AttemptNote {
  private static let pause = "; not tried again before "

  /// - Parameter most: of attempts that fail by themselves.
  static func last(of most: Int) -> String {
    most == 1 ? "the only attempt" : "the last of \(most) attempts"
  }

  static func pause(until time: Timestamp) -> String { pause + time.iso8601 }

  /// Until when there is no further attempt, in ISO 8601; nil where nothing keeps it.
  static func until(_ reason: String) -> String? {
    reason.range(of: pause).map { String(reason[$0.upperBound...]) }
  }

  /// The failure itself.
  static func essence(_ reason: String) -> String {
    // By bytes: reasons are many, and may be long.
    var reason = reason
    let length = reason.withUTF8 { bytes in
      let marks = bytes.indices.filter { bytes[$0] == notes[0][0] }
      return notes.lazy.compactMap { note in marks.first { bytes[$0...].starts(with: note) } }.first
    }
    return length.map { String(reason.utf8.prefix($0))! } ?? reason
  }

  /// All of them begin with the same sign.
  private static let notes = ["; the last of ", "; the only attempt", pause].map { Array($0.utf8) }
}
