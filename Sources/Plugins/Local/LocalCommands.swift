import LinuxProcesses

/// The commands of local clusters, as processes of this machine.
public enum LocalCommands {
  /// The processes that belong to task instances.
  ///
  /// - Parameter tokens: `<batch token>.<index>` of each.
  /// - Returns: their ids, as far as they are on this machine.
  public static func processes(of tokens: [String]) -> [Int32] {
    OrphanSearch(tokens: Set(tokens), prefixes: [], grace: 0) { true }.look().map(\.id)
  }
}
