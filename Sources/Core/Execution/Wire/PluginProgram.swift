import JobmonModel

/// The `main` function of a ``PluginMain``, for executors whose initializer has parameters.
public enum PluginProgram {
  /// Passes on the host's calls to the executor until the host closes the connection.
  ///
  /// - Parameter executor: created after standard descriptors are opened and signal handlers are set.
  public static func serve(_ executor: @autoclosure () -> some Executor) -> Never {
    ProgramStart.prepare()
    return PluginServer(executor()).serve()
  }
}
