import Foundation

/// Who this process belongs to.
public enum CurrentUser {
  /// The account's name; the number where it has none.
  public static var name: String {
    getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? String(getuid())
  }
}
