import Foundation

/// A process on a host. It is identified such that a later process with the same pid is not confused with it.
package struct HostProcess: Hashable, Sendable {
  package var host: String
  package var pid: Int32
  /// When the process started, in clock ticks since boot.
  package var start: Int64
  package var bootID: String
  package var pidNamespace: String

  package static var current: HostProcess {
    HostProcess(
      host: hostName, pid: getpid(), start: startTicks(of: getpid()) ?? 0, bootID: currentBootID,
      pidNamespace: currentPIDNamespace)
  }

  init(host: String, pid: Int32, start: Int64, bootID: String, pidNamespace: String) {
    self.host = host
    self.pid = pid
    self.start = start
    self.bootID = bootID
    self.pidNamespace = pidNamespace
  }

  package init(_ driver: DriverRecord) {
    self.init(
      host: driver.host, pid: driver.pid, start: driver.processStart, bootID: driver.bootID,
      pidNamespace: driver.pidNamespace)
  }

  /// Whether the process has certainly ended. This can be determined only on its own host, after a restart of the host
  /// or in the same pid namespace.
  package var isKnownDead: Bool {
    guard host == Self.hostName else { return false }
    // The host was restarted, so no process of the earlier boot is alive.
    if bootID != Self.currentBootID { return true }
    guard pidNamespace == Self.currentPIDNamespace else { return false }
    return Self.startTicks(of: pid) != start
  }

  /// Whether the process would be visible to this one if it were alive.
  package var isHere: Bool {
    host == Self.hostName && bootID == Self.currentBootID && pidNamespace == Self.currentPIDNamespace
  }

  private static var hostName: String {
    var name = utsname()
    uname(&name)
    return withUnsafeBytes(of: &name.nodename) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  private static var currentBootID: String { firstLine(of: "/proc/sys/kernel/random/boot_id") ?? "" }

  private static var currentPIDNamespace: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
  }

  /// Field 22 of /proc/PID/stat; nil if the process does not exist or is a zombie.
  private static func startTicks(of pid: Int32) -> Int64? {
    guard let line = firstLine(of: "/proc/\(pid)/stat"), let end = line.lastIndex(of: ")") else { return nil }
    // The command's name may contain blanks and parentheses, so fields are counted from the last parenthesis.
    let fields = line[line.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return Int64(fields[19])
  }

  private static func firstLine(of path: String) -> String? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return text.split(separator: "\n", maxSplits: 1).first.map(String.init)
  }
}

extension LeaseHolder {
  /// Whether the driver has certainly died, as far as this host can determine.
  public var isKnownDead: Bool { HostProcess(driver).isKnownDead }

  /// Whether this process can see the driver. If so, the driver is alive unless it is known to be dead.
  var isHere: Bool { HostProcess(driver).isHere }
}
