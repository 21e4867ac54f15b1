import Foundation

/// The user's home: `$HOME` where it is set, as the shell has it; else what the password database says.
enum HomeFolder {
  static var path: String {
    ProcessInfo.processInfo.environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
  }
}
