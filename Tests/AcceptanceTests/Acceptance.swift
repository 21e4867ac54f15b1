import Foundation
import Testing

/// The tests that start the built programs. One after the other: several of them watch the clock.
@Suite(.serialized)
enum Acceptance {}

/// How wide the crash tests cast their net: a fair sample, or, in `make soak`, everything for many rounds.
enum Net {
  static let isSoak = ProcessInfo.processInfo.environment["JOBMON_SOAK"] == "1"
  /// Rounds of tests that crash at random moments.
  static let rounds =
    ProcessInfo.processInfo.environment["JOBMON_ROUNDS"].flatMap { Int($0) } ?? (isSoak ? 200 : 6)
}
