/// Further attributes of jobs, by their long names of sbatch(1).
package enum SlurmAttributes {
  /// The supported attributes.
  package static let names = [
    "comment", "deadline", "exclude", "exclusive", "gpus", "gres", "licenses", "mail-user", "nice",
    "nodelist",
    "prefer", "priority", "qos", "reservation", "tmp", "wckey",
  ]

  /// Why a value makes no sense, if sbatch(1) takes it all the same: it reads words as the number 0.
  static func fault(_ name: String, _ value: String) -> String? {
    switch name {
    case "nice" where Int32(value) == nil: "nice: '\(value)' is not a whole number"
    case "priority" where UInt32(value) == nil && value.uppercased() != "TOP":
      "priority: '\(value)' is neither a whole number nor TOP"
    default: nil
    }
  }

  /// Whether a value means the same to libslurm and to sbatch(1). All others are read by sbatch(1), which knows words,
  /// units and times such as `user`, `10G`, `TOP` and `now+2hours`, and refuses what it does not know.
  static func isPlain(_ name: String, _ value: String) -> Bool {
    switch name {
    case "deadline", "priority", "tmp": !value.isEmpty && value.allSatisfy { $0.isASCII && $0.isNumber }
    case "exclusive": ["true", "false", "no"].contains(value)
    default: true
    }
  }
}
