// swift-tools-version: 6.1
import Foundation
import PackageDescription

/// The modules of the core. Tests depend on them separately.
let core: [Target.Dependency] = [
  "JobmonModel", "JobmonGraph", "JobmonFormat", "JobmonStore", "JobmonExecution", "JobmonAdmission",
  "JobmonEngine",
  "JobmonTraces",
]

// Whether to build the library through which jobmon-slurm calls libslurm: if its headers are installed (auto), always
// (on), or never (off). Without it jobmon-slurm uses Slurm's commands. SwiftPM caches the result of this manifest, so a header that is installed later is noticed only when this
// variable changes. The Makefile sets it.
let slurm = Context.environment["JOBMON_SLURM"] ?? "auto"
let hasSlurm =
  slurm == "on" || slurm == "auto" && FileManager.default.fileExists(atPath: "/usr/include/slurm/slurm.h")

// The default linker prints warnings about Foundation.
let quietLinker: LinkerSetting = .unsafeFlags(["-use-ld=lld"], .when(configuration: .release))
// The installed programs are linked fully statically. They run on any Linux and start faster: a worker in 1 ms instead
// of 7 ms. The libraries are those that Foundation needs. Object files compiled without --static-swift-stdlib, as for
// tests, do not name them.
let staticSettings: [LinkerSetting] =
  [.unsafeFlags(["-static-executable"], .when(configuration: .release)), quietLinker]
  + ["CoreFoundation", "_FoundationCShims", "_FoundationCollections", "_FoundationICU"].map {
    .linkedLibrary($0, .when(configuration: .release))
  }
// Some tests preload libraries into the programs, which works only with dynamic linking.
let programSettings = Context.environment["JOBMON_LINKING"] == "dynamic" ? [] : staticSettings

// jobmon-slurm loads a library at run time, which a static program cannot do. The archive for any Linux has a static one,
// which uses Slurm's commands.
let slurmSettings = Context.environment["JOBMON_SLURM_STATIC"] == "on" ? staticSettings : [quietLinker]

// Test code is not optimized, even in release builds: the program under test matters, and most test code compiles in a
// fifth of the time without optimization.
let plain: [SwiftSetting] = [.unsafeFlags(["-Onone"], .when(configuration: .release))]

let package = Package(
  name: "jobmon",
  products: [
    .library(name: "Jobmon", targets: ["Jobmon"]),
    .library(name: "JobmonCore", targets: ["JobmonCore"]),
    .executable(name: "jobmon", targets: ["JobmonMain"]),
    .executable(name: "jobmon-worker", targets: ["WorkerMain"]),
    .executable(name: "jobmon-slurm", targets: ["JobmonSlurm"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    // The few Linux calls that Swift cannot import: variadic ones, and values that are C macros.
    .target(name: "CLinux", path: "Sources/CLinux"),

    // The system's libcrypto.
    .systemLibrary(name: "CCrypto", path: "Sources/CCrypto", providers: [.apt(["libssl-dev"])]),

    // The few functions of SQLite that Swift cannot import.
    .target(name: "CSQLite", path: "Sources/CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),

    // Text for bytes that need not be UTF-8: paths, the environment. No Foundation, because the worker links it.
    .target(name: "OSText", path: "Sources/OSText"),

    // Files and folders whose names others could have prepared. No Foundation, because the worker links it.
    .target(name: "GuardedFiles", dependencies: ["CLinux", "OSText"], path: "Sources/GuardedFiles"),

    // Generic collections, public so that they are specialized in the modules that use them. Not a product.
    .target(name: "JobmonCollections", path: "Sources/Collections"),

    // The core. Each module depends only on modules above it in this list. JobmonCore exports all of them.
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

    // The protocol between the local executor and the worker. No Foundation, because the worker links it.
    .target(name: "WorkerProtocol", path: "Sources/Plugins/WorkerProtocol"),
    // Reads information on processes from /proc. No Foundation, because the worker links it.
    .target(name: "LinuxProcesses", dependencies: ["CLinux", "OSText"], path: "Sources/Plugins/Processes"),
    .target(
      name: "LocalPlugin",
      dependencies: ["JobmonCore", "WorkerHost", "WorkerProtocol", "LinuxProcesses", "CLinux", "OSText"],
      path: "Sources/Plugins/Local"),
    // Shared by programs that start workers: finds the worker, and interprets its reports.
    .target(
      name: "WorkerHost", dependencies: ["JobmonCore", "WorkerProtocol", "OSText"],
      path: "Sources/Plugins/WorkerHost"),
    // The Slurm backend except the calls of libslurm. It is built and tested without Slurm.
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

    // What jobmon-slurm and the library that it loads know of each other.
    .systemLibrary(name: "CSlurm", path: "Sources/Plugins/CSlurm"),
    .executableTarget(
      name: "JobmonSlurm", dependencies: ["JobmonCore", "SlurmPlugin", "CSlurm", "OSText"],
      path: "Sources/Plugins/SlurmProgram", linkerSettings: slurmSettings),

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

    // The programs themselves. Tests link the libraries that they consist of.
    .executableTarget(
      name: "JobmonMain", dependencies: ["JobmonCLI"], path: "Sources/Programs/Jobmon",
      linkerSettings: programSettings),
    .executableTarget(
      name: "WorkerMain", dependencies: ["JobmonWorker"], path: "Sources/Programs/Worker",
      linkerSettings: programSettings),

    // Measures the cost of the program itself, on a cluster where every task succeeds at once: `make bench`.
    .executableTarget(name: "jobmon-bench", dependencies: ["JobmonCore"], path: "Bench/Instant"),

    // The engine alone, for counting its instructions: Bench/instructions.
    .executableTarget(
      name: "engine-runs", dependencies: ["JobmonCore"], path: "Bench/Engine", linkerSettings: staticSettings),

    // The same through the plugin protocol. Also used by tests.
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
  package.products.append(.library(name: "jobmon-libslurm", type: .dynamic, targets: ["SlurmLibrary"]))
  package.targets.append(
    .target(
      name: "SlurmLibrary", path: "Sources/Plugins/SlurmLibrary", publicHeadersPath: ".",
      cSettings: [.headerSearchPath("../CSlurm")],
      linkerSettings: [.linkedLibrary("slurm")]))
}
