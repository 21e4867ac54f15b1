import ArgumentParser

/// `-f`: change without asking.
struct ForceOption: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Do not ask for confirmation.")
  var force = false
}
