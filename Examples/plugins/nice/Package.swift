// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "jobmon-nice",
  dependencies: [
    // Outside of the source tree use: .package(url: "https://...", from: "...")
    .package(name: "jobmon", path: "../../..")
  ],
  targets: [
    .executableTarget(
      name: "jobmon-nice", dependencies: [.product(name: "JobmonCore", package: "jobmon")])
  ],
  swiftLanguageModes: [.v6]
)
