import CLinux
import Glibc
import GuardedFiles
import OSText

/// A command that a shell would only split into words and start. It can be started without a shell, which is twice as
/// fast. This is used only if /bin/sh is dash, whose rules are followed here (dash(1)).
enum PlainCommand {
  /// Built-in commands of dash, and words that begin a compound command.
  private static let ownWords: Set<String> = [
    ".", ":", "[", "alias", "bg", "break", "cd", "chdir", "command", "continue", "echo", "eval", "exec",
    "exit",
    "export", "false", "fc", "fg", "getopts", "hash", "jobs", "kill", "local", "printf", "pwd", "read",
    "readonly",
    "return", "set", "shift", "test", "times", "trap", "true", "type", "ulimit", "umask", "unalias", "unset",
    "wait",
    "!", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "in", "then", "until", "while", "{",
    "}",
  ]
  /// Variables to which dash gives a value of its own.
  private static let ownVariables: Set<Substring> = ["IFS", "OPTIND", "PPID", "LINENO"]

  static let shellIsDash: Bool = {
    var target = [CChar](repeating: 0, count: 256)
    let count = readlink("/bin/sh", &target, target.count - 1)
    guard count > 0 else { return false }
    let path = String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return path == "dash" || path.hasSuffix("/dash")
  }()

  /// The environment that dash would pass on: variables with invalid names are dropped, and PWD is the working
  /// directory.
  ///
  /// - Returns: nil if dash would change more than that.
  static func environment(_ given: [String], directory: String) -> [String]? {
    var result: [String] = []
    var workingDirectory: String?
    for variable in given {
      // Compare bytes: a value may begin with a character that combines with the equals sign.
      guard let sign = variable.utf8.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let name = variable[..<sign]
      guard isName(name.utf8) else { continue }
      if ownVariables.contains(name) { return nil }
      if name == "PWD" {
        workingDirectory = String(variable[variable.utf8.index(after: sign)...])
      } else {
        result.append(variable)
      }
    }
    // A given PWD is kept if it is the same folder, even through links.
    if let path = workingDirectory, path.utf8.first == UInt8(ascii: "/"), isSame(path, directory) {
      result.append("PWD=" + path)
      return result
    }
    guard let real = OSText.withCString(directory, { realpath($0, nil) }) else { return nil }
    defer { free(real) }
    result.append("PWD=" + OSText.text(real))
    return result
  }

  private static func isSame(_ path: String, _ other: String) -> Bool {
    var (first, second) = (stat(), stat())
    return OSText.withCString(path) { stat($0, &first) } == 0
      && OSText.withCString(other) { stat($0, &second) } == 0 && first.st_dev == second.st_dev
      && first.st_ino == second.st_ino
  }

  private static func isName(_ name: Substring.UTF8View) -> Bool {
    guard let first = name.first, !isDigit(first) else { return false }
    return name.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Characters that have no meaning to a shell in any position.
  private static let plain: [Bool] = (0..<256).map { byte in
    let byte = UInt8(byte)
    return isLetter(byte) || isDigit(byte) || "_-./,:=@%+".utf8.contains(byte)
  }

  /// The words of a command; nil if a shell must parse it.
  static func words(_ command: String) -> [String]? {
    var words: [String] = []
    var word: [UInt8] = []
    var isInWord = false
    var quote: UInt8?
    for byte in command.utf8 {
      if let open = quote {
        if byte == open {
          quote = nil
        } else if open == UInt8(ascii: "\""), "$`\\".utf8.contains(byte) {
          return nil
        } else {
          word.append(byte)
        }
      } else if plain[Int(byte)] {
        word.append(byte)
        isInWord = true
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        if isInWord { words.append(String(decoding: word, as: UTF8.self)) }
        word.removeAll(keepingCapacity: true)
        isInWord = false
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\""), !words.isEmpty {
        quote = byte
        isInWord = true
      } else {
        return nil
      }
    }
    guard quote == nil else { return nil }
    if isInWord { words.append(String(decoding: word, as: UTF8.self)) }
    // An assignment, an option of sh, or a built-in command.
    guard let first = words.first, let start = first.utf8.first, !"-+".utf8.contains(start),
      !first.utf8.contains(UInt8(ascii: "=")), !first.utf8.contains(UInt8(ascii: "%")),
      !ownWords.contains(first)
    else { return nil }
    return words
  }

  /// The path of a command as dash would find it: the first executable file in PATH.
  ///
  /// - Parameter path: the value of PATH. If it contains a relative folder, the result is nil and a shell must look.
  static func find(_ name: String, path: String) -> String? {
    let name = OSText.escaping(name)
    if name.utf8.contains(UInt8(ascii: "/")) { return name }
    for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
      guard folder.utf8.first == UInt8(ascii: "/") else { return nil }
      let file = folder + "/" + name
      var found = stat()
      if OSText.withCString(
        file, { stat($0, &found) == 0 && found.st_mode & S_IFMT == S_IFREG && access($0, X_OK) == 0 })
      {
        return file
      }
    }
    return nil
  }

  /// What dash prints on standard error about a command that was ended by a signal; nil for an interrupt or a broken
  /// pipe.
  static func epitaph(_ status: Int32) -> String? {
    let signal = clinux_end_signal(status)
    guard signal != SIGINT, signal != SIGPIPE, let words = strsignal(signal) else { return nil }
    return String(cString: words) + (status & 0x80 != 0 ? " (core dumped)" : "") + "\n"
  }
}
