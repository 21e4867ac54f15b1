import Glibc

/// The initial environment of a process; empty if it has none or may not be read.
public struct ProcessEnvironment: Sendable {
  /// Marks processes of a task instance: `<batch token>.<index>`.
  public static let token = "JOBMON_TOKEN"
  /// The tokens of the task instances that the driver itself runs in, innermost first, separated by `:`.
  public static let outerTokens = "JOBMON_OUTER_TOKENS"
  /// Marks a run's worker: the common prefix of the run's batch tokens.
  public static let workerOf = "JOBMON_WORKER_OF"

  private let bytes: [UInt8]

  /// Reads `/proc/PID/environ`: the environment at the start of the process, without later changes.
  public init(of process: pid_t) { bytes = SmallFile.bytes("/proc/\(process)/environ") ?? [] }

  /// The value of a variable, up to the next NUL; nil if it is not set. If it is set twice, the first value counts.
  public subscript(name: String) -> String? {
    var wanted = name + "="
    return wanted.withUTF8 { wanted in
      bytes.withUnsafeBytes { all -> String? in
        guard let start = all.baseAddress, let prefix = wanted.baseAddress else { return nil }
        var offset = 0
        while offset < all.count {
          let end =
            memchr(start + offset, 0, all.count - offset).map { UnsafeRawPointer($0) - start } ?? all.count
          if end - offset >= wanted.count, memcmp(start + offset, prefix, wanted.count) == 0 {
            return String(decoding: all[(offset + wanted.count)..<end], as: UTF8.self)
          }
          offset = end + 1
        }
        return nil
      }
    }
  }

  /// The task instances that the process belongs to, innermost first. There are several if a task runs jobmon itself.
  public var tokens: [String] {
    [self[Self.token], self[Self.outerTokens]].flatMap { $0?.split(separator: ":").map(String.init) ?? [] }
  }
}
