import LinuxProcesses

/// The commands of local clusters, which are processes of this machine.
public enum LocalCommands {
  /// Finds the processes that belong to task instances.
  ///
  /// - Parameter tokens: `<batch token>.<index>` of each instance.
  /// - Returns: the ids of those on this machine.
  public static func processes(of tokens: [String]) -> [Int32] {
    OrphanSearch(tokens: Set(tokens), prefixes: [], grace: 0) { true }.look().map(\.id)
  }
}
