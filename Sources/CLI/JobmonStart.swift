import JobmonCore

/// Everything that `jobmon` does. The executable in Sources/Programs calls this.
package enum JobmonStart {
  package static func main() { JobmonProgram.main() }
}
