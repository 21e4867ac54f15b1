import Foundation
import OSText

/// The user's home: `$HOME` where it is set, as the shell has it; else what the password database says.
package enum HomeFolder {
  package static var path: String {
    OSText.variable("HOME").flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
  }
}
