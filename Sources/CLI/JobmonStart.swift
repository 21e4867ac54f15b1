import JobmonCore

/// The whole of what `jobmon` does; the program itself, in Sources/Programs, calls this.
package enum JobmonStart {
  package static func main() { JobmonProgram.main() }
}
