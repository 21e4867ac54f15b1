import JobmonCore
import WorkerProtocol

extension Outcome {
  /// Translates a worker's report into an outcome.
  public init(_ report: CommandReport, node: String) {
    let cause: Cause =
      switch report.end {
      case .exit(let code): .exit(code)
      case .signal(let number): .signal(number)
      case .memory: .memory
      case .runtime: .runtime
      case .interrupted: .interrupted
      case .launchFailure: .launchFailure
      case .fullDisk: .nodeFailure
      }
    let ran = report.started > 0
    self.init(
      cause: cause, started: ran ? Timestamp(milliseconds: report.started) : nil,
      ended: Timestamp(milliseconds: report.ended), node: node,
      usage: ran
        ? ResourceUsage(
          wall: Double(report.wall) / 1e6, cpu: Double(report.cpu) / 1e6,
          peakMemory: report.peakMemory > 0 ? report.peakMemory : nil) : nil,
      message: report.message.isEmpty ? nil : report.message)
    switch report.end {
    case .launchFailure(.directory), .launchFailure(.permanent): isPermanent = true
    case .launchFailure(.fullDisk), .fullDisk: isLogDiskFull = true
    default: break
    }
  }
}
