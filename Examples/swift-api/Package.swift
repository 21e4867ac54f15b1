// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "collatz",
  dependencies: [.package(name: "jobmon", path: "../..")],
  targets: [
    .executableTarget(
      name: "Collatz",
      dependencies: [
        .product(name: "Jobmon", package: "jobmon"),
        // Runs the commands. It is looked for beside the program, so it is built together with it.
        .product(name: "jobmon-worker", package: "jobmon"),
      ])
  ]
)
