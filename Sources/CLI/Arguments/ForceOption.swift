import ArgumentParser

/// `-f`: no question before something is changed.
struct ForceOption: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Do not ask for confirmation.")
  var force = false
}
