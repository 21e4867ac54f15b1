import Foundation

/// Reads the output of Slurm's commands.
enum SlurmText {
  /// The records of `scontrol show … --oneliner`: one per line, `Key=value Key=value`. Values may contain spaces.
  static func records(_ text: String) -> [[String: String]] {
    text.split(separator: "\n").map { record($0) }
  }

  private static func record(_ line: Substring) -> [String: String] {
    var record: [String: String] = [:]
    var last: String?
    for word in line.split(separator: " ") {
      if let sign = word.firstIndex(of: "="),
        word[..<sign].allSatisfy({ $0.isLetter || $0 == "_" || $0 == ":" }),
        sign != word.startIndex
      {
        let key = String(word[..<sign])
        record[key] = String(word[word.index(after: sign)...])
        last = key
      } else if let last {
        record[last]? += " " + word
      }
    }
    return record
  }

  /// Seconds of a duration: `UNLIMITED` (nil), `MM:SS`, `HH:MM:SS`, `D-HH:MM:SS`, with a fraction or not.
  static func seconds(_ text: String) -> Double? {
    let parts = text.split(separator: "-", maxSplits: 1)
    var total = 0.0
    if parts.count == 2 {
      guard let days = Double(parts[0]) else { return nil }
      total = days * 86_400
    }
    guard let clock = parts.last else { return nil }
    var seconds = 0.0
    for field in clock.split(separator: ":", omittingEmptySubsequences: false) {
      guard let value = Double(field) else { return nil }
      seconds = seconds * 60 + value
    }
    return total + seconds
  }

  /// A point in time as the commands read it, in local time.
  static func localTime(_ seconds: Int64) -> String {
    var time = time_t(seconds)
    var parts = tm()
    localtime_r(&time, &parts)
    var text = [CChar](repeating: 0, count: 32)
    strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S", &parts)
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The messages on a command's standard error, without `sbatch: error: ` and the like, joined by `; `.
  static func messages(_ errors: String) -> String {
    errors.split(separator: "\n").map { line in
      let text = line.replacing(/^[a-z]+: (?:(?:error|warning|fatal): )?/, with: "")
      return text.trimmingCharacters(in: .whitespaces)
    }.filter { !$0.isEmpty }.joined(separator: "; ")
  }

  /// The indices of an array as `1-3,7,10-20:5%4`.
  static func indices(_ text: some StringProtocol) -> Set<Int>? {
    var indices: Set<Int> = []
    let list = text.prefix { $0 != "%" }
    for part in list.split(separator: ",") {
      let bounds = part.split(separator: "-", maxSplits: 1)
      guard let first = Int(bounds[0]) else { return nil }
      guard bounds.count == 2 else {
        indices.insert(first)
        continue
      }
      let end = bounds[1].split(separator: ":", maxSplits: 1)
      guard let last = Int(end[0]), last >= first, let step = end.count == 2 ? Int(end[1]) : 1, step > 0
      else {
        return nil
      }
      indices.formUnion(stride(from: first, through: last, by: step))
    }
    return indices.isEmpty ? nil : indices
  }
}

extension SlurmLimits {
  /// Reads the output of `scontrol show config`: `Key   = value`.
  init(configuration text: String) {
    self.init()
    var values: [String: String] = [:]
    for line in text.split(separator: "\n") {
      guard let sign = line.firstIndex(of: "=") else { continue }
      let key = line[..<sign].trimmingCharacters(in: .whitespaces)
      values[key] = line[line.index(after: sign)...].trimmingCharacters(in: .whitespaces)
    }
    /// `300 sec`
    func number(_ key: String) -> Int? { values[key].flatMap { Int($0.prefix { $0.isNumber }) } }
    cluster = values["ClusterName"] ?? ""
    version = values["SLURM_VERSION"] ?? ""
    maxArraySize = number("MaxArraySize") ?? maxArraySize
    maxJobCount = number("MaxJobCount") ?? maxJobCount
    minJobAge = number("MinJobAge").map(Double.init) ?? minJobAge
    killWait = number("KillWait").map(Double.init) ?? killWait
    messageTimeout = number("MessageTimeout").map(Double.init) ?? messageTimeout
    hasAccounting = values["AccountingStorageType"] == "accounting_storage/slurmdbd"
    let prefix = "max_array_tasks="
    maxArrayTasks = values["SchedulerParameters"]?.split(separator: ",")
      .first { $0.hasPrefix(prefix) }.flatMap { Int($0.dropFirst(prefix.count)) }
  }
}
