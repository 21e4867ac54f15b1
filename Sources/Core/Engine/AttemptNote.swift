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
    for note in ["; the last of ", "; the only attempt", pause] {
      if let place = reason.range(of: note) { return String(reason[..<place.lowerBound]) }
    }
    return reason
  }
}
