import Foundation
import JobmonCore

/// The user of the program.
enum Person {
  static var asOperator: Operator { Operator(uid: getuid(), user: CurrentUser.name) }
}
