import CLinux
import Glibc
import OSText

/// `jobmon-worker --serve FD` runs commands for the driver at the other end of a socket, until it closes the socket.
/// `jobmon-worker --batch FOLDER` runs one task of a batch on a node of a cluster.
package enum WorkerProgram {
  package static func main() {
    clinux_open_standard_descriptors()
    // If a file reaches the file size limit, the write must fail instead of the worker. Commands are started with the
    // default action.
    clinux_disarm_signal(SIGXFSZ)
    let arguments = OSText.arguments.dropFirst()
    if arguments.count >= 2, arguments.first == "--batch" { BatchTask.run(Array(arguments.dropFirst())) }
    // As the interpreter of a job's script it gets one argument, followed by the path of the script, which is not used.
    if let first = arguments.first, first.hasPrefix("--batch=") {
      BatchTask.run([String(first.dropFirst(8))])
    }
    guard arguments.count == 2, arguments.first == "--serve", let socket = Int32(arguments.last ?? "") else {
      complain("jobmon-worker is started by jobmon: jobmon-worker --serve FD | --batch FOLDER [--index N]")
      exit(2)
    }
    guard let server = Server(socket: socket) else {
      complain("jobmon-worker: cannot prepare to run commands: \(String(cString: strerror(errno)))")
      exit(1)
    }
    server.run()
  }

  static func complain(_ text: String) {
    let line = VisibleText.of(text) + "\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }
}
