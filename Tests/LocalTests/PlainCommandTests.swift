import Foundation
import Testing

@testable import JobmonWorker
@testable import LocalPlugin

@Suite("Commands without a shell")
struct PlainCommandTests {
  @Test("simple commands are split into words like in a shell, and others are left to the shell")
  func words() {
    #expect(
      PlainCommand.words("  /bin/ls\t-l  a=b 'c d' \"e'f\"g ''") == [
        "/bin/ls", "-l", "a=b", "c d", "e'fg", "",
      ])
    for shell in [
      "", "  ", "echo 1", "true", "A=1 env", "-x", "+x", "env $A", "env \"$A\"", "env `a`", "env a;", "a | b",
      "a && b",
      "a > b", "a < b", "a &", "(a)", "a #", "ls *", "ls a?", "ls [a]", "ls ~", "a\nb", "a \\b", "env {a,b}",
      "! a",
      "if a", "'ls' x", "\"ls\"", "env 'a", "env \"a", "env é", "env \"a\\b\"", "%1", "{ a", "env a!",
      "env ^a",
    ] {
      #expect(PlainCommand.words(shell) == nil, "\(shell)")
    }
    #expect(PlainCommand.words("env 'é 日本\n$`*'") == ["env", "é 日本\n$`*"])
  }

  /// Commands that can be started without a shell, and some that nearly can.
  static let commands = [
    "/bin/cat /proc/self/cmdline", "cat /proc/self/cmdline", "printenv", "/usr/bin/env", "cat nothing",
    "nothing-there",
    "./nothing", "./not-executable", "./script", "./no-hash-bang one 'two three'", "./bad-interpreter", "/",
    "./folder",
    "sh -c 'exit 3'", "sh -c 'kill -9 $$'", "sh -c 'kill -2 $$'", "sh -c 'kill -13 $$'",
    "sh -c 'ulimit -c 0; kill -11 $$'", "sh -c 'kill -40 $$'", "dash -c 'echo \"$PWD\"; pwd'",
    "readlink /proc/self/fd/0",
    "/usr/bin/printf %s|%s a", "/usr/bin/printf '%s|%s' 'a b' \"c'd\"", "relative/none x", "stat -c %a .",
    "grep SigBlk /proc/self/status", "grep SigIgn /proc/self/status", "cut -d ' ' -f 5 /dev/null",
    "/bin/true", "/bin/false",
  ]

  @Test(
    "result, output and messages match those of sh -c", .enabled(if: PlainCommand.shellIsDash),
    arguments: commands)
  func matchesTheShell(command: String) throws {
    for environment in [
      ["PATH=/usr/bin:/bin", "A=1", "x.y=2", "PWD=/nonsense", "B=a=b", "noequals"],
      ["PATH=/nowhere:/usr/bin:/bin"],
      ["PATH=/usr/bin:/bin", "OLDPWD=/x", "PS4=+", "_=/x", "MAIL=y"],
      ["PATH=/usr/bin:/bin", "IFS=x", "OPTIND=7", "PPID=1"], ["PATH=.:/usr/bin:/bin"], ["A=1"], ["PATH="],
    ] {
      let bench = try Bench(environment: environment)
      let folder = bench.folder
      func write(_ name: String, _ text: String, _ mode: Int) throws {
        try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder + "/" + name)
      }
      try write("script", "#!/bin/sh\necho \"script $0 $#\"\n", 0o755)
      try write("no-hash-bang", "echo \"no hash bang $#\"\n", 0o755)
      try write("not-executable", "#!/bin/sh\necho no\n", 0o644)
      try write("bad-interpreter", "#!/no/such/program\n", 0o755)
      try FileManager.default.createDirectory(atPath: folder + "/folder", withIntermediateDirectories: true)
      // The backslash makes the worker use a shell.
      let first = bench.run(command)
      let second = bench.run("\\" + command, instance: 2)
      #expect(first?.cause == second?.cause, "\(command) in \(environment)")
      func lines(_ text: String?) -> [String] {
        // Ignore the token, which differs, and the order of the environment.
        (text ?? "").replacingOccurrences(of: "\0", with: "\n").split(separator: "\n").map(String.init)
          .filter { !$0.hasPrefix("JOBMON_TOKEN") }.sorted()
      }
      #expect(lines(bench.stdout(1)) == lines(bench.stdout(2)), "\(command) in \(environment)")
      #expect(lines(bench.stderr(1)) == lines(bench.stderr(2)), "\(command) in \(environment)")
    }
  }
}
