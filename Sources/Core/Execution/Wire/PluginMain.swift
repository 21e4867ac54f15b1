/// A cluster backend that is a program of its own. The type that conforms is the program:
///
///     @main
///     final class MyCluster: PluginMain { ... }
///
/// Standard input and output belong to the protocol; whatever the program prints goes to standard error, which is its
/// log. At the end of standard input the host is gone: the call that is under way is finished, `stop(.leaveRunning)`
/// is called unless the host said stop, and the program ends.
public protocol PluginMain: Executor {
  /// Makes the backend before anything is known of its cluster: options come with ``Executor/start(_:events:)``.
  init()
}

extension PluginMain {
  /// Serves the host on standard input and output, and ends the process when it hangs up.
  public static func main() { PluginProgram.serve(Self()) }
}
