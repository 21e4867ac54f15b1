/// A cluster backend that is a separate program. The type that conforms is the program:
///
///     @main
///     final class MyCluster: PluginMain { ... }
///
/// Standard input and output are used by the protocol. Everything that the program prints goes to standard error, which
/// is its log. The end of standard input means that the host is gone. The current call is then finished,
/// `stop(.leaveRunning)` is called unless the host has called `stop`, and the program ends.
public protocol PluginMain: Executor {
  /// Creates the backend before anything is known about its cluster. Options follow in ``Executor/start(_:events:)``.
  init()
}

extension PluginMain {
  /// Serves the host on standard input and output, and ends the process when the host closes the connection.
  public static func main() { PluginProgram.serve(Self()) }
}
