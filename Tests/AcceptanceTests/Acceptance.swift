import Foundation
import Testing

/// The tests that start the built programs, each in a world of its own: side by side, but for those of ``OnSlurm`` and
/// ``Alone``. `make test` gives those a process of their own, too.
enum Acceptance {
  /// Those on a Slurm of this machine: they mostly wait for it, and share it, so one after the other.
  @Suite(.serialized) enum OnSlurm {}

  /// Those that watch the clock or fill the machine: nothing runs beside them.
  @Suite(.serialized) enum Alone {}
}

/// How wide the crash tests cast their net: a fair sample, or, in `make soak`, everything for many rounds.
enum Net {
  static let isSoak = ProcessInfo.processInfo.environment["JOBMON_SOAK"] == "1"
  /// Rounds of tests that crash at random moments.
  static let rounds =
    ProcessInfo.processInfo.environment["JOBMON_ROUNDS"].flatMap { Int($0) } ?? (isSoak ? 200 : 6)
}
