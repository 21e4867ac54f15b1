import Foundation
import JobmonCore

/// Who types.
enum Person {
  static var asOperator: Operator { Operator(uid: getuid(), user: CurrentUser.name) }
}
