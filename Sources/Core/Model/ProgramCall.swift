import CLinux
import Foundation
import OSText

/// Runs a program for its output, and waits for its end.
package enum ProgramCall {
  /// What the program wrote, and how it ended.
  package struct Answer: Sendable {
    package var output = Data()
    package var errors = Data()
    /// Its exit code; nil if a signal ended it.
    package var exitCode: Int32?
  }

  /// Bytes of a program's input that a pipe takes before anybody reads it.
  private static let mostInput = 4096

  /// Runs a program in a session of its own.
  ///
  /// - Parameters:
  ///   - program, words, environment: `OSText`, as in ``SessionProcess/start(_:words:environment:wiring:)``.
  ///   - input: its standard input, at most 4096 bytes.
  ///   - patience: seconds after which the program and its process group are killed.
  ///   - isEnough: called with its standard error whenever more of it has arrived; true ends the program.
  /// - Returns: nil if the program was killed because it took too long.
  /// - Throws: ``ProgramStartError``
  package static func run(
    _ program: String, words: [String], environment: [String], input: Data = Data(), patience: Double,
    until isEnough: (Data) -> Bool = { _ in false }
  ) throws -> Answer? {
    precondition(input.count <= mostInput)
    let (inward, output, errors) = (try pipe(program), try pipe(program), try pipe(program))
    _ = input.withUnsafeBytes { write(inward.writer, $0.baseAddress, $0.count) }
    close(inward.writer)
    defer { for end in [output.reader, errors.reader] { close(end) } }
    let child: pid_t
    do {
      defer { for end in [inward.reader, output.writer, errors.writer] { close(end) } }
      child = try SessionProcess.start(
        program, words: words, environment: environment,
        wiring: [
          0: .descriptor(inward.reader), 1: .descriptor(output.writer), 2: .descriptor(errors.writer),
        ])
    }
    var answer = Answer()
    let isWhole = read(
      output.reader, errors.reader, into: &answer, until: .now + .milliseconds(Int64(patience * 1000)),
      isEnough)
    if !isWhole { kill(-child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    if clinux_did_exit(status) == 1 { answer.exitCode = clinux_exit_code(status) }
    return isWhole || isEnough(answer.errors) ? answer : nil
  }

  private static func pipe(_ program: String) throws -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    guard clinux_pipe(&ends) == 0 else { throw ProgramStartError(program: program, code: errno) }
    return (ends[0], ends[1])
  }

  /// Reads both pipes up to their ends.
  ///
  /// - Returns: false if it stopped before, because of the deadline or `isEnough`.
  private static func read(
    _ output: Int32, _ errors: Int32, into answer: inout Answer, until deadline: ContinuousClock.Instant,
    _ isEnough: (Data) -> Bool
  ) -> Bool {
    var piece = [UInt8](repeating: 0, count: 65_536)
    var open = [output, errors]
    while !open.isEmpty {
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { return false }
      var waited = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      guard poll(&waited, nfds_t(waited.count), Int32(min(left.rounded(.up), 1e6))) > 0 else { continue }
      for end in waited where end.revents != 0 {
        let count = Glibc.read(end.fd, &piece, piece.count)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { open.removeAll { $0 == end.fd } }
        guard count > 0 else { continue }
        if end.fd == output {
          answer.output += piece[..<count]
        } else {
          answer.errors += piece[..<count]
          if isEnough(answer.errors) { return false }
        }
      }
    }
    return true
  }
}
