import Foundation
import JobmonCore

/// Rows of `sacct --parsable2`: one per job, followed by one per step of it.
enum SacctRow {
  static let format = "JobID,JobName,State,ExitCode,Start,End,ElapsedRaw,TotalCPU,MaxRSS,NodeList"

  static func jobs(_ text: String) -> [SlurmJob] {
    var jobs: [SlurmJob] = []
    var peaks: [Int64] = []
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      guard fields.count >= 10 else { continue }
      if fields[0].contains(".") {
        // A step of the job before it.
        if let peak = bytes(fields[8]), !peaks.isEmpty {
          peaks[peaks.count - 1] = max(peaks[peaks.count - 1], peak)
        }
        continue
      }
      let id = fields[0].split(separator: "_", maxSplits: 1)
      guard let array = id.first.flatMap({ UInt32($0) }) else { continue }
      let tasks: SlurmJob.Tasks
      if id.count < 2 {
        tasks = .one(0)
      } else if let index = Int(id[1]) {
        tasks = .one(index)
      } else {
        guard let indices = SlurmText.indices(id[1].drop { $0 == "[" }.prefix { $0 != "]" }) else { continue }
        tasks = .pending(indices)
      }
      var job = SlurmJob(
        array: array, tasks: tasks, state: SlurmState(words: fields[2]).raw,
        exitStatus: SqueueRow.exitStatus(fields[3]), started: Int64(fields[4]) ?? 0,
        ended: Int64(fields[5]) ?? 0, name: fields[1], node: fields[9])
      let elapsed = Double(fields[6]) ?? 0
      if elapsed > 0 { job.usage = ResourceUsage(wall: elapsed, cpu: SlurmText.seconds(fields[7]) ?? 0) }
      jobs.append(job)
      peaks.append(0)
    }
    for index in jobs.indices where peaks[index] > 0 {
      var usage = jobs[index].usage ?? ResourceUsage(wall: 0, cpu: 0)
      usage.peakMemory = peaks[index]
      jobs[index].usage = usage
    }
    return jobs
  }

  /// `1234K`, `1.5G`; nil if nothing was measured.
  private static func bytes(_ text: String) -> Int64? {
    let units: [Character: Double] = ["K": 1024, "M": 1_048_576, "G": 1_073_741_824, "T": 1_099_511_627_776]
    let factor = text.last.flatMap { units[$0] }
    guard let number = Double(factor == nil ? text[...] : text.dropLast()) else { return nil }
    return Int64(number * (factor ?? 1))
  }
}
