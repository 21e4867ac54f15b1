import Testing
import WorkerProtocol

/// Frames written by one side are read by the other, in pieces of any size.
@Suite struct FrameTests {
  static let orders: [DriverFrame] = [
    .hello(
      CommandSetting(environment: ["A=1", "é=\n"], directory: "/tmp", grace: 10_000, usesControlGroups: true)),
    .hello(
      CommandSetting(
        environment: [], directory: "/", grace: 0, usesControlGroups: false, memoryKillIsFailure: false)),
    .run(
      CommandOrder(
        instance: .max, token: "t.0", command: String(repeating: "x", count: 70_000), environment: [],
        stdout: "/o",
        stderr: "/e", memory: 1 << 40, runtime: 0)),
    .cancel(instance: 3), .stop,
  ]

  static let ends: [CommandEnd] = [
    .exit(0), .exit(255), .signal(9), .memory, .runtime, .interrupted, .launchFailure(.temporary),
    .launchFailure(.directory), .launchFailure(.permanent), .launchFailure(.fullDisk), .fullDisk,
  ]

  static let reports: [WorkerFrame] =
    [.started(instance: 1, at: 1_700_000_000_000), .cancelled(instance: 2, wasRunning: true)]
    + ends.map {
      .ended(
        CommandReport(
          instance: 5, end: $0, started: 1, ended: 2, wall: 3, cpu: 4, peakMemory: 5, message: "used 1 GiB"))
    }

  @Test(arguments: [1, 3, 4096, 1 << 20])
  func framesAreReadFromPiecesOfAnySize(piece: Int) throws {
    #expect(try Self.carry(Self.orders, piece: piece) == Self.orders)
    #expect(try Self.carry(Self.reports, piece: piece) == Self.reports)
  }

  private static func carry<F: Frame>(_ frames: [F], piece: Int) throws -> [F] {
    var writer = ByteWriter()
    for frame in frames { writer.put(frame: frame) }
    var buffer = FrameBuffer()
    var arrived: [F] = []
    var rest = writer.bytes[...]
    while !rest.isEmpty {
      rest.prefix(piece).withUnsafeBytes { buffer.append($0) }
      rest = rest.dropFirst(piece)
      while let frame = try buffer.next(F.self) { arrived.append(frame) }
    }
    return arrived
  }

  @Test func invalidFramesAreRefused() throws {
    var buffer = FrameBuffer()
    ([1, 0, 0, 0, 3] as [UInt8]).withUnsafeBytes { buffer.append($0) }
    #expect(throws: FrameError.cutShort) { try buffer.next(WorkerFrame.self) }
    var other = FrameBuffer()
    ([1, 0, 0, 0, 200] as [UInt8]).withUnsafeBytes { other.append($0) }
    #expect(throws: FrameError.unknownKind(200)) { try other.next(WorkerFrame.self) }
  }
}
