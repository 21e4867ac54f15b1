import Foundation
import JobmonCore
import OSText
import Synchronization

/// A Slurm controller, accessed through Slurm's commands: `sbatch`, `squeue`, `scontrol`, `sacct` and `scancel`. It works
/// with every release, and needs no library at run time.
///
/// A query for jobs is one `squeue`, a submission one `sbatch`, as with libslurm. A command that gets no answer is killed.
package final class SlurmCommands: SlurmController {
  /// Seconds that a command may take before the controller's MessageTimeout is known.
  private static let firstPatience = 7.0
  /// How long a command may take, as a multiple of MessageTimeout. Less than the limit of the executor's watchdog.
  private static let patience = 2.5

  package let access = SlurmAccess.commands
  private let path: String
  private let environment: [String]
  private let messageTimeout = Mutex<Double?>(nil)

  /// - Parameters:
  ///   - path: the folders of the commands, in the format of `PATH`.
  ///   - environment: `NAME=value`. Variables that change the output of the commands are ignored.
  package init(
    path: String = OSText.variable("PATH") ?? "/usr/bin:/bin", environment: [String] = OSText.environment
  ) {
    self.path = path
    let changing = [
      "SBATCH_", "SQUEUE_", "SACCT_", "SCANCEL_", "SCONTROL_", "SLURM_BITSTR_LEN=", "SLURM_TIME_FORMAT=",
    ]
    self.environment =
      environment.filter { variable in !changing.contains { variable.hasPrefix($0) } }
      // Texts of arrays are complete, and times are seconds since 1970.
      + ["LC_ALL=C", "SLURM_BITSTR_LEN=0", "SLURM_TIME_FORMAT=%s"]
  }

  package func connect() {}

  package func limits() throws(SlurmError) -> SlurmLimits {
    let limits = SlurmLimits(configuration: try text("scontrol", ["show", "config"]))
    messageTimeout.withLock { $0 = limits.messageTimeout }
    return limits
  }

  package func partitions() throws(SlurmError) -> [ClusterQueue] {
    SlurmText.records(try text("scontrol", ["show", "partition", "--oneliner", "--all"])).compactMap {
      found in
      guard let name = found["PartitionName"] else { return nil }
      var queue = ClusterQueue(name: name, isDefault: found["Default"] == "YES")
      queue.maxRuntime = found["MaxTime"].flatMap { SlurmText.seconds($0) }.map { Int64($0) }
      queue.maxCores = found["MaxCPUsPerNode"].flatMap { Int($0) }
      return queue
    }
  }

  package func nodes() throws(SlurmError) -> [SlurmNode] {
    SlurmText.records(try text("scontrol", ["show", "node", "--oneliner", "--all"])).compactMap { found in
      guard let cores = found["CPUTot"].flatMap({ Int($0) }),
        let memory = found["RealMemory"].flatMap({ Int64($0) })
      else { return nil }
      return SlurmNode(
        cores: cores, memory: memory << 20,
        partitions: found["Partitions"]?.split(separator: ",").map(String.init) ?? [])
    }
  }

  package func submit(_ submission: SlurmSubmission) throws(SlurmError) -> SlurmReceipt {
    let answer = try answer(
      "sbatch", Self.arguments(of: submission), environment: submission.environment, input: submission.script)
    guard answer.exitCode == 0 else {
      throw SlurmError(refusal: String(decoding: answer.errors, as: UTF8.self))
    }
    // `12`, or `12;cluster`
    let output = String(decoding: answer.output, as: UTF8.self)
    guard let job = UInt32(output.prefix { $0.isNumber }) else {
      throw SlurmError(.unknown, "sbatch has printed no job id: \(output)")
    }
    return SlurmReceipt(job: job, message: SlurmText.messages(String(decoding: answer.errors, as: UTF8.self)))
  }

  static func arguments(of submission: SlurmSubmission) -> [String] {
    var words = [
      "--parsable", "--export=ALL", "--nodes=1", "--ntasks=1", "--input=/dev/null", "--open-mode=append",
      "--job-name=\(submission.name)", "--comment=\(submission.comment)", "--chdir=\(submission.directory)",
      // % begins a placeholder.
      "--output=\(submission.output.replacing("%", with: "%%"))",
      "--cpus-per-task=\(submission.cores)", submission.requeue ? "--requeue" : "--no-requeue",
    ]
    func add(_ name: String, _ value: String?) { if let value { words.append("--\(name)=\(value)") } }
    add("array", submission.array)
    add("partition", submission.partition)
    add("account", submission.account)
    add("constraint", submission.constraints)
    add("mem", submission.memory.map { "\($0)M" })
    add("time", submission.minutes.map { "\($0)" })
    if submission.warning > 0 { add("signal", "B:USR2@\(submission.warning)") }
    for (name, value) in submission.attributes.sorted(by: { $0.key < $1.key }) {
      switch name {
      case "comment": break
      case "exclusive":
        switch value {
        case "false", "no": break
        case "true": words.append("--exclusive")
        default: add(name, value)
        }
      case "deadline": add(name, Int64(value).map { SlurmText.localTime($0) } ?? value)
      case "mail-user":
        add(name, value)
        add("mail-type", "FAIL")
      default: add(name, value)
      }
    }
    return words
  }

  package func jobs() throws(SlurmError) -> [SlurmJob] {
    let user = "\(getuid())"
    let rows = try run(
      "squeue", ["--noheader", "--all", "--user=\(user)", "--states=all", "--Format=\(SqueueRow.format)"])
    return try SqueueRow.jobs(rows)
  }

  package func accounts(of jobs: [UInt32], since: Int64) throws(SlurmError) -> [SlurmJob] {
    let rows = try text(
      "sacct",
      [
        "--noheader", "--parsable2", "--jobs=\(jobs.map(String.init).joined(separator: ","))",
        "--starttime=\(SlurmText.localTime(since))", "--format=\(SacctRow.format)",
      ])
    return SacctRow.jobs(rows)
  }

  package func cancel(_ jobs: String) throws(SlurmError) {
    let answer = try answer("scancel", [jobs])
    if answer.exitCode != 0 { throw SlurmError(refusal: String(decoding: answer.errors, as: UTF8.self)) }
  }

  package func text(ofState state: UInt32) -> String { SlurmState(raw: state).words }

  // MARK: Running commands

  private func text(_ name: String, _ arguments: [String]) throws(SlurmError) -> String {
    String(decoding: try run(name, arguments), as: UTF8.self)
  }

  private func run(_ name: String, _ arguments: [String]) throws(SlurmError) -> Data {
    let answer = try answer(name, arguments)
    guard answer.exitCode == 0 else {
      throw SlurmError(refusal: String(decoding: answer.errors, as: UTF8.self))
    }
    return answer.output
  }

  /// - Parameter environment: of the command, in place of this process's.
  private func answer(
    _ name: String, _ arguments: [String], environment: [String]? = nil, input: String = ""
  ) throws(SlurmError) -> ProgramCall.Answer {
    guard let program = ProgramFile.first(of: ProgramFile.candidates(name, inPath: path)) else {
      throw SlurmError(.temporary, "there is no command \(name) in PATH")
    }
    let patience = messageTimeout.withLock { $0.map { Self.patience * $0 } } ?? Self.firstPatience
    let answer: ProgramCall.Answer?
    do {
      answer = try ProgramCall.run(
        program, words: [name] + arguments, environment: environment ?? self.environment,
        input: Data(OSText.bytes(input)), patience: patience, until: SlurmError.isWaitingToRetry)
    } catch { throw SlurmError(.temporary, "\(error)") }
    guard let answer else {
      throw SlurmError(.unknown, "\(name) has not answered within \(SpanText.text(patience))")
    }
    return answer
  }
}
