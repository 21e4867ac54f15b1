import CLinux
import Glibc

/// `jobmon-worker --serve FD`: runs commands for the driver at the other end of a socket, until it hangs up.
@main
enum WorkerProgram {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count == 2, arguments.first == "--serve", let socket = Int32(arguments.last ?? "") else {
      complain("jobmon-worker is started by jobmon: jobmon-worker --serve FD")
      exit(2)
    }
    guard let server = Server(socket: socket) else {
      complain("jobmon-worker: cannot prepare to run commands: \(String(cString: strerror(errno)))")
      exit(1)
    }
    server.run()
  }

  private static func complain(_ text: String) {
    let line = text + "\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
