import CLinux
import Glibc
import GuardedFiles
import OSText

/// A command that a shell would do nothing to but split into words and start: it can be started without one, which is
/// twice as fast. Only where /bin/sh is dash, whose rules these are (dash(1)).
enum PlainCommand {
  /// What dash runs itself, or takes for the beginning of a compound command.
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
  /// Variables that dash gives a value of its own.
  private static let ownVariables: Set<Substring> = ["IFS", "OPTIND", "PPID", "LINENO"]

  static let shellIsDash: Bool = {
    var target = [CChar](repeating: 0, count: 256)
    let count = readlink("/bin/sh", &target, target.count - 1)
    guard count > 0 else { return false }
    let path = String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return path == "dash" || path.hasSuffix("/dash")
  }()

  /// The environment that dash would hand on: names that are none are dropped, PWD says where it is.
  ///
  /// - Returns: nil where dash would do more than that with it.
  static func environment(_ given: [String], directory: String) -> [String]? {
    var result: [String] = []
    var workingDirectory: String?
    for variable in given {
      // By bytes: a value may begin with what combines with the sign.
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
    // A value from outside holds where it names this folder, by whatever links.
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

  /// Characters that mean nothing to a shell, wherever they stand.
  private static let plain: [Bool] = (0..<256).map { byte in
    let byte = UInt8(byte)
    return isLetter(byte) || isDigit(byte) || "_-./,:=@%+".utf8.contains(byte)
  }

  /// The words of a command; nil where a shell has to read it.
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
    // An assignment, an option of sh, or a word of its own.
    guard let first = words.first, let start = first.utf8.first, !"-+".utf8.contains(start),
      !first.utf8.contains(UInt8(ascii: "=")), !first.utf8.contains(UInt8(ascii: "%")),
      !ownWords.contains(first)
    else { return nil }
    return words
  }

  /// Where a command is, as dash would find it: the first file of PATH that may be executed.
  ///
  /// - Parameter path: the value of PATH; with a folder in it that is not absolute, a shell has to look.
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

  /// What dash says on its standard error of a command that a signal has ended: nothing of an interrupt or a pipe without a
  /// reader.
  static func epitaph(_ status: Int32) -> String? {
    let signal = clinux_end_signal(status)
    guard signal != SIGINT, signal != SIGPIPE, let words = strsignal(signal) else { return nil }
    return String(cString: words) + (status & 0x80 != 0 ? " (core dumped)" : "") + "\n"
  }
}
