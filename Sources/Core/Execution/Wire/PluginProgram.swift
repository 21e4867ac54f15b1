import JobmonModel

/// What the `main` of a ``PluginMain`` does, for executors that are made with more than nothing.
public enum PluginProgram {
  /// Passes on to the executor what the host says, until that hangs up.
  ///
  /// - Parameter executor: made after the standard descriptors are open and signals are set.
  public static func serve(_ executor: @autoclosure () -> some Executor) -> Never {
    ProgramStart.prepare()
    return PluginServer(executor()).serve()
  }
}
