import Foundation

/// A program that cannot be started.
public struct ProgramStartError: Error, CustomStringConvertible, Sendable {
  /// The path of the program, as it was given.
  public var program: String
  /// errno.
  public var code: Int32

  /// The program and the system's reason, as one sentence for a person.
  public var description: String { "cannot start \(program): \(String(cString: strerror(code)))" }
}
