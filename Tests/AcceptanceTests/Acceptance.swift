import Foundation
import Testing

/// Tests that start the built programs, each in its own sandbox. They run in parallel, except those of ``OnSlurm`` and
/// ``Alone``, which `make test` also runs in separate processes.
enum Acceptance {
  /// Tests on a Slurm cluster of this machine. They mostly wait for it and share it, so they run one after the other.
  @Suite(.serialized) enum OnSlurm {}

  /// Tests that measure time or use the whole machine: nothing runs beside them.
  @Suite(.serialized) enum Alone {}
}

/// How many cases the crash tests try: a sample, or in `make soak` all cases in many rounds.
enum TestScale {
  static let isSoak = ProcessInfo.processInfo.environment["JOBMON_SOAK"] == "1"
  /// Rounds of tests that crash at random times.
  static let rounds =
    ProcessInfo.processInfo.environment["JOBMON_ROUNDS"].flatMap { Int($0) } ?? (isSoak ? 200 : 6)
}
