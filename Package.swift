// swift-tools-version: 6.1
import Foundation
import PackageDescription

/// The modules of the core: tests look into them one by one.
let core: [Target.Dependency] = [
  "JobmonModel", "JobmonGraph", "JobmonFormat", "JobmonStore", "JobmonExecution", "JobmonAdmission",
  "JobmonEngine",
  "JobmonTraces",
]

// jobmon-slurm is linked to libslurm: where its headers are (auto), always (on), never (off). SwiftPM remembers what this
// file came to, so a header that is installed later is noticed only when this variable changes: the Makefile sets it.
let slurm = Context.environment["JOBMON_SLURM"] ?? "auto"
let hasSlurm =
  slurm == "on" || slurm == "auto" && FileManager.default.fileExists(atPath: "/usr/include/slurm/slurm.h")

// The usual one warns of what Foundation does.
let quietLinker: LinkerSetting = .unsafeFlags(["-use-ld=lld"], .when(configuration: .release))
// What people install is linked fully statically: it runs on any Linux, and starts sooner, a worker in 1 ms instead of 7.
// The libraries are those that Foundation needs: objects that were compiled without --static-swift-stdlib, as for tests, do
// not name them.
let staticSettings: [LinkerSetting] =
  [.unsafeFlags(["-static-executable"], .when(configuration: .release)), quietLinker]
  + ["CoreFoundation", "_FoundationCShims", "_FoundationCollections", "_FoundationICU"].map {
    .linkedLibrary($0, .when(configuration: .release))
  }
// Tests put libraries of their own under the programs, which only those have that load libraries.
let programSettings = Context.environment["JOBMON_LINKING"] == "dynamic" ? [] : staticSettings

// Where tests are optimised it is the program under them that matters: most of their own code is compiled in a fifth of the
// time when it is not.
let plain: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let package = Package(
  name: "jobmon",
  products: [
    .library(name: "Jobmon", targets: ["Jobmon"]),
    .library(name: "JobmonCore", targets: ["JobmonCore"]),
    .executable(name: "jobmon", targets: ["JobmonMain"]),
    .executable(name: "jobmon-worker", targets: ["WorkerMain"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // The few Linux calls Swift cannot import: variadic ones, and values that are C macros.
    .target(name: "CLinux", path: "Sources/CLinux"),

    // The system's libcrypto.
    .systemLibrary(name: "CCrypto", path: "Sources/CCrypto", providers: [.apt(["libssl-dev"])]),

    // The few calls of SQLite that Swift cannot import.
    .target(name: "CSQLite", path: "Sources/CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),

    // Text that stands for bytes which need not be UTF-8: paths, the environment. No Foundation: the worker links it.
    .target(name: "OSText", path: "Sources/OSText"),

    // Files and folders under names that others could have prepared. No Foundation: the worker links it.
    .target(name: "GuardedFiles", dependencies: ["CLinux", "OSText"], path: "Sources/GuardedFiles"),

    // Generic collections: public, so that they are specialized in the modules that use them; no product.
    .target(name: "JobmonCollections", path: "Sources/Collections"),

    // The core, in modules that know only those above them in this list; JobmonCore is their face.
    .target(
      name: "JobmonModel", dependencies: ["CCrypto", "CLinux", "GuardedFiles", "OSText"],
      path: "Sources/Core/Model"),
    .target(name: "JobmonGraph", dependencies: ["JobmonModel"], path: "Sources/Core/Graph"),
    .target(
      name: "JobmonFormat",
      dependencies: ["JobmonModel", "JobmonGraph", "OSText", .product(name: "Yams", package: "Yams")],
      path: "Sources/Core/Format"),
    .target(
      name: "JobmonStore",
      dependencies: [
        "JobmonModel", "JobmonGraph", "JobmonCollections", "CLinux", "CSQLite", "GuardedFiles", "OSText",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      path: "Sources/Core/Store"),
    .target(
      name: "JobmonExecution",
      dependencies: [
        "JobmonModel", "CLinux", "GuardedFiles", "OSText", .product(name: "Logging", package: "swift-log"),
      ],
      path: "Sources/Core/Execution"),
    .target(
      name: "JobmonAdmission",
      dependencies: ["JobmonModel", "JobmonExecution", "CLinux", "GuardedFiles", "OSText"],
      path: "Sources/Core/Admission"),
    .target(
      name: "JobmonEngine",
      dependencies: [
        "JobmonModel", "JobmonGraph", "JobmonFormat", "JobmonStore", "JobmonExecution", "JobmonAdmission",
        "JobmonCollections", "CLinux", "GuardedFiles", "OSText",
        .product(name: "Logging", package: "swift-log"),
      ],
      path: "Sources/Core/Engine"),
    .target(
      name: "JobmonTraces",
      dependencies: ["JobmonModel", "JobmonGraph", "JobmonFormat", "JobmonStore", "JobmonExecution"],
      path: "Sources/Core/Traces"),
    .target(
      name: "JobmonCore",
      dependencies: [
        "JobmonModel", "JobmonGraph", "JobmonFormat", "JobmonStore", "JobmonExecution", "JobmonAdmission",
        "JobmonEngine", "JobmonTraces", "OSText",
      ],
      path: "Sources/Core/Face"),

    // What the local executor and the worker say to each other. No Foundation: the worker links it.
    .target(name: "WorkerProtocol", path: "Sources/Plugins/WorkerProtocol"),
    // What /proc tells of processes. No Foundation: the worker links it.
    .target(name: "LinuxProcesses", dependencies: ["CLinux", "OSText"], path: "Sources/Plugins/Processes"),
    .target(
      name: "LocalPlugin",
      dependencies: ["JobmonCore", "WorkerHost", "WorkerProtocol", "LinuxProcesses", "CLinux", "OSText"],
      path: "Sources/Plugins/Local"),
    // What programs that start workers share: where the worker is, what its reports mean.
    .target(
      name: "WorkerHost", dependencies: ["JobmonCore", "WorkerProtocol", "OSText"],
      path: "Sources/Plugins/WorkerHost"),
    // Everything of the Slurm backend but the calls of libslurm: built and tested where there is no Slurm.
    .target(
      name: "SlurmPlugin",
      dependencies: [
        "JobmonCore", "WorkerHost", "WorkerProtocol", "LinuxProcesses", "GuardedFiles", "OSText",
      ],
      path: "Sources/Plugins/Slurm"),
    .target(
      name: "DummyPlugin", dependencies: ["JobmonCore", "JobmonCollections"], path: "Sources/Plugins/Dummy"),
    .target(
      name: "BuiltinPlugins", dependencies: ["JobmonCore", "LocalPlugin", "DummyPlugin", "OSText"],
      path: "Sources/Plugins/Builtin"),
    .target(
      name: "JobmonWorker",
      dependencies: ["WorkerProtocol", "LinuxProcesses", "GuardedFiles", "CLinux", "OSText"],
      path: "Sources/Plugins/Worker"),

    .target(
      name: "Jobmon",
      dependencies: [
        "JobmonCore", "BuiltinPlugins", "OSText", .product(name: "Logging", package: "swift-log"),
      ],
      path: "Sources/Jobmon"),
    .target(
      name: "JobmonCLI",
      dependencies: [
        "JobmonCore", "BuiltinPlugins", "LocalPlugin", "CLinux", "GuardedFiles", "OSText",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/CLI"),

    // The programs themselves. Tests link the libraries that these consist of.
    .executableTarget(
      name: "JobmonMain", dependencies: ["JobmonCLI"], path: "Sources/Programs/Jobmon",
      linkerSettings: programSettings),
    .executableTarget(
      name: "WorkerMain", dependencies: ["JobmonWorker"], path: "Sources/Programs/Worker",
      linkerSettings: programSettings),

    // What the program itself costs, on a cluster where every task succeeds at once: `make bench`.
    .executableTarget(name: "jobmon-bench", dependencies: ["JobmonCore"], path: "Bench/Instant"),

    // The engine by itself, for counting its instructions: Bench/instructions.
    .executableTarget(
      name: "engine-runs", dependencies: ["JobmonCore"], path: "Bench/Engine", linkerSettings: staticSettings),

    // The same behind the wire; tests use it, too.
    .executableTarget(name: "instant-plugin", dependencies: ["JobmonCore"], path: "Bench/Plugin"),

    .target(name: "TestSupport", dependencies: ["JobmonCore"], path: "Tests/Support"),
    .testTarget(
      name: "CoreTests",
      dependencies: core + [
        "JobmonCore", "GuardedFiles", "JobmonCollections", "OSText", "TestSupport", "instant-plugin",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], exclude: ["Golden"], swiftSettings: plain),
    .testTarget(
      name: "LocalTests",
      dependencies: core + [
        "BuiltinPlugins", "LocalPlugin", "WorkerHost", "WorkerProtocol", "LinuxProcesses", "JobmonWorker",
      ], swiftSettings: plain),
    .testTarget(
      name: "SlurmTests", dependencies: core + ["JobmonCore", "SlurmPlugin", "WorkerProtocol"],
      swiftSettings: plain),
    .testTarget(name: "DummyTests", dependencies: core + ["JobmonCore", "DummyPlugin"]),
    .testTarget(
      name: "CLITests", dependencies: core + ["JobmonCLI", "JobmonCore", "OSText", "TestSupport"],
      exclude: ["Golden"], swiftSettings: plain),
    .testTarget(
      name: "JobmonTests", dependencies: core + ["Jobmon", "TestSupport"], exclude: ["Golden"],
      swiftSettings: plain),
    .testTarget(
      name: "AcceptanceTests", dependencies: core + ["JobmonCore", "TestSupport"],
      exclude: ["Fixtures"], swiftSettings: plain),
  ],
  swiftLanguageModes: [.v6]
)

if hasSlurm {
  package.products.append(.executable(name: "jobmon-slurm", targets: ["JobmonSlurm"]))
  package.targets += [
    .target(name: "CSlurm", path: "Sources/Plugins/CSlurm", linkerSettings: [.linkedLibrary("slurm")]),
    .executableTarget(
      name: "JobmonSlurm", dependencies: ["JobmonCore", "SlurmPlugin", "CSlurm", "OSText"],
      path: "Sources/Plugins/SlurmProgram", linkerSettings: [quietLinker]),
  ]
}
