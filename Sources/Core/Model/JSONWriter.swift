/// Writes JSON values as compact text with sorted keys.
public enum JSONWriter {
  /// The value on one line, without blanks. Numbers that are not finite are written as strings because JSON does not
  /// have them.
  public static func text(_ value: JSONValue) -> String {
    var text = ""
    write(value, to: &text)
    return text
  }

  /// Appends the value to `text`, in the format of ``text(_:)``.
  public static func write(_ value: JSONValue, to text: inout String) {
    switch value {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .integer(let number): text += String(number)
    case .number(let number): write(number, to: &text)
    case .string(let string): write(string, to: &text)
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        write(value, to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, key) in members.keys.sorted().enumerated() {
        if index > 0 { text += "," }
        write(key, to: &text)
        text += ":"
        write(members[key]!, to: &text)
      }
      text += "}"
    }
  }

  /// Numbers that are not finite do not exist in JSON and are written as strings.
  private static func write(_ number: Double, to text: inout String) {
    if !number.isFinite {
      text += number.isNaN ? "\"nan\"" : number < 0 ? "\"-inf\"" : "\"inf\""
    } else if let whole = Int64(exactly: number) {
      text += String(whole)
    } else {
      text += String(number)
    }
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    var bytes = string
    if bytes.withUTF8({ $0.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C } }) {
      text += string
    } else {
      for scalar in string.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case _ where scalar.value < 0x20:
          let digits = String(scalar.value, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}
