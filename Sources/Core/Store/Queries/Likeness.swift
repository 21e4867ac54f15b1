/// What is left of an error's text when all is taken away that differs from one task to the next: numbers, paths,
/// addresses, ids and times. Errors whose rests are equal are alike.
struct Likeness {
  /// Hexadecimal digits in a row, with at least one digit among them, that count as an id.
  private static let shortestID = 8

  let rest: String

  init(_ text: some StringProtocol) {
    var rest = ""
    for word in text.split(omittingEmptySubsequences: true, whereSeparator: \.isWhitespace) {
      if !rest.isEmpty { rest += " " }
      rest += Self.folded(word)
    }
    self.rest = rest
  }

  /// A word, with the marks around it kept: `'/data/7.csv':` is as `'/data/8.csv':`.
  private static func folded(_ word: some StringProtocol) -> String {
    let isMark: (Character) -> Bool = { "'\"`()[]{}<>,;:=!".contains($0) }
    var result = ""
    var rest = Substring(word)
    while let first = rest.first {
      if isMark(first) {
        result.append(first)
        rest.removeFirst()
        continue
      }
      let part = rest.prefix { !isMark($0) }
      rest = rest.dropFirst(part.count)
      result += foldedPart(part)
    }
    return fewerTimes(result)
  }

  private static func foldedPart(_ part: Substring) -> String {
    if part.contains("/") { return "<path>" }
    let hexadecimal = part.hasPrefix("0x") ? part.dropFirst(2) : part
    let digits = hexadecimal.filter { $0 != "-" }
    // Words such as "added" have no other digits than these.
    let isID = digits.count >= shortestID && digits.contains(where: \.isNumber)
    if !digits.isEmpty, digits.allSatisfy(\.isHexDigit), part.hasPrefix("0x") || isID {
      return "0"
    }
    var folded = ""
    for character in part {
      if !(character.isASCII && character.isNumber) {
        folded.append(character)
      } else if folded.last != "0" {
        folded.append("0")
      }
    }
    return folded
  }

  /// `0:0:0.0` and `0-0-0T0:0:0Z` are times, and numbers with points are numbers.
  private static func fewerTimes(_ word: String) -> String {
    var rest = Substring(word)
    var result = ""
    while let first = rest.first {
      if first == "0" {
        // Up to its last digit: a mark behind a number is not of it.
        let run = rest.prefix { "0:.-+TZ".contains($0) }
        let length = run.distance(from: run.startIndex, to: run.lastIndex { $0 == "0" || $0 == "Z" }!) + 1
        result.append("0")
        rest = rest.dropFirst(length)
      } else {
        result.append(first)
        rest.removeFirst()
      }
    }
    return result
  }
}
