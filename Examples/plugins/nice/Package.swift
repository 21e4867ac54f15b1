// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "jobmon-nice",
  dependencies: [
    // Out of the source tree: .package(url: "https://...", from: "...")
    .package(name: "jobmon", path: "../../..")
  ],
  targets: [
    .executableTarget(
      name: "jobmon-nice", dependencies: [.product(name: "JobmonCore", package: "jobmon")])
  ],
  swiftLanguageModes: [.v6]
)
