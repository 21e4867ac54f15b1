import CLinux
import Glibc
import GuardedFiles
import LinuxProcesses
import WorkerProtocol

/// The end of commands: the main process ends first, then what it left behind. Only then is the command reported.
extension Server {
  /// Reaps children that have ended: all, or this one.
  func reap(_ child: pid_t = -1) {
    var ended = clinux_ended()
    var mains: [Command] = []
    var isOver = false
    while clinux_reap(child, &ended) == 1 {
      if let command = self.mains.removeValue(forKey: ended.pid) {
        if command.isAttended {
          command.isAttended = false
          spawners.attended -= 1
        }
        guard ran(command) else { continue }
        command.status = ended.status
        command.ended = Clock.monotonic
        command.endedWall = Clock.wall
        command.cpu += ended.cpu_microseconds
        command.peakMemory = max(command.peakMemory, ended.peak_memory)
        orphans.suspect = command
        mains.append(command)
      } else {
        if let owner = orphans.forget(ended.pid).flatMap({ commands[$0] }) {
          owner.cpu += ended.cpu_microseconds
          owner.peakMemory = max(owner.peakMemory, ended.peak_memory)
        }
        isOver = true
      }
    }
    guard isOver || !mains.isEmpty else { return }
    // Once for all that have ended, because the list of children is long if many commands run.
    orphans.look(mains: self.mains, commands: commands)
    for command in isOver ? commands.values.filter(\.hasEnded) : mains { reportOrEndRest(of: command) }
  }

  /// Reports a command whose main process has ended if no process is left; otherwise ends those that are left.
  private func reportOrEndRest(of command: Command) {
    let left = orphans.processes(of: command.instance)
    if left.isEmpty { return report(command) }
    switch command.phase {
    case .running:
      command.phase = .leaving(terminateAt: Clock.monotonic + Self.courtesy)
      noteDeadline(of: command)
    case .leaving: break
    case .terminating: signal(left.filter { orphans.mark($0) }, SIGTERM)
    case .killing: signal(left, SIGKILL)
    }
  }

  /// Ends a command that has not ended by itself.
  func end(_ command: Command, by cause: CommandEnd, _ message: String) {
    guard command.endedBy == nil, !command.hasEnded else { return }
    command.endedBy = cause
    command.message = message
    terminate(command)
  }

  private func terminate(_ command: Command) {
    KillPoint.reached("worker.terminate.before")
    command.phase = .terminating(killAt: Clock.monotonic + grace)
    signal(command, SIGTERM)
    noteDeadline(of: command)
  }

  private func killRest(_ command: Command) {
    command.phase = .killing(againAt: Clock.monotonic + command.killPause)
    command.killPause = min(command.killPause * 2, 5_000_000)
    signal(command, SIGKILL)
    noteDeadline(of: command)
  }

  /// Sends a signal to all processes of a command.
  private func signal(_ command: Command, _ signal: Int32) {
    orphans.look(mains: mains, commands: commands)
    let left = orphans.processes(of: command.instance)
    for orphan in left { _ = orphans.mark(orphan) }
    if !command.hasEnded { kill(-command.process, signal) }
    let table = ProcessTable()
    let roots = (command.hasEnded ? [] : [command.process]) + left
    for process in roots.flatMap(table.tree)
    where command.hasEnded || process.group != command.process { process.send(signal) }
  }

  private func signal(_ roots: [pid_t], _ signal: Int32) {
    guard !roots.isEmpty else { return }
    let table = ProcessTable()
    for process in roots.flatMap(table.tree) { process.send(signal) }
  }

  func meetDeadlines(_ now: Int64) {
    reap()  // a command that has ended by itself keeps its outcome
    var sampled: [Command] = []
    nextDeadline = .max
    for command in commands.values {
      if let time = command.nameAt, time <= now {
        command.nameAt = nil
        for file in command.files { launcher?.logs.name(file) }
      }
      guard command.deadline <= now else {
        noteDeadline(of: command)
        continue
      }
      switch command.phase {
      case .leaving: terminate(command)
      case .terminating, .killing: killRest(command)
      case .running where command.runtimeLimit > 0 && command.started + command.runtimeLimit <= now:
        end(
          command, by: .runtime,
          "ran for \(seconds(now - command.started)), requested \(seconds(command.runtimeLimit))")
      case .running: sampled.append(command)
      }
    }
    if !sampled.isEmpty { sample(sampled, now) }
  }

  private func sample(_ sampled: [Command], _ now: Int64) {
    orphans.look(mains: mains, commands: commands)
    let table = ProcessTable()
    for command in sampled {
      let roots = [command.process] + orphans.processes(of: command.instance)
      let found = MemorySampling.memory(of: roots.flatMap(table.tree), limit: command.memoryLimit)
      command.peakMemory = max(command.peakMemory, found)
      if found > command.memoryLimit {
        command.sampleAt = nil
        end(command, by: .memory, "used \(readable(found)), requested \(readable(command.memoryLimit))")
      } else {
        command.sampleAt = now + MemorySampling.pause(after: found, limit: command.memoryLimit)
        noteDeadline(of: command)
      }
    }
  }

  private func report(_ command: Command) {
    commands[command.instance] = nil
    queues.ended(command.size)
    // Do this first: a processor is idle.
    fill(command.size)
    guard let status = command.status else { return }
    var end = command.end(status)
    var peak = floor.isBelow(command.peakMemory) ? command.peakMemory : 0
    if let cgroup = command.cgroup {
      peak = cgroup.peakMemory ?? peak
      // A shell continues after a child was killed, and exits with the code of its last command.
      let kills = cgroup.outOfMemoryKills
      if kills > 0, end != .exit(0) || memoryKillIsFailure {
        command.message = "reached \(readable(peak)), requested \(readable(command.memoryLimit))"
        if end == .exit(0) {
          let processes = kills == 1 ? "one of its processes" : "\(kills) of its processes"
          command.message +=
            "; the kernel killed \(processes), the command itself ended with exit code 0"
            + " (the cluster option memory_kill_is_failure: false accepts this)"
        }
        end = .memory
      }
      cgroup.remove()
    }
    if let cause = command.endedBy { end = cause }
    if case .exit = end, command.isPlain, clinux_did_exit(status) == 0,
      let epitaph = PlainCommand.epitaph(status)
    {
      launcher?.logs.append(epitaph, to: command.err)
    }
    keepFiles(of: command)
    noteFullDisk(command, &end)
    KillPoint.reached("worker.report.before")
    say(
      .ended(
        CommandReport(
          instance: command.instance, end: end, started: command.startedWall, ended: command.endedWall,
          wall: command.ended - command.started, cpu: command.cpu, peakMemory: peak, message: command.message)
      ),
      within: queues.isWellSupplied(command.size) ? Self.shortPatience : 0)
  }

  /// Keeps the output of a command, under the names of its log files.
  func keepFiles(of command: Command) {
    for file in command.files {
      do throws(FileFault) {
        try launcher?.logs.end(file)
      } catch {
        let lost = "its output to \(file.path) is lost: \(error)"
        command.message = command.message.isEmpty ? lost : command.message + "; " + lost
      }
    }
  }

  /// If a command fails while the disk of its log files is full, the full disk may be the cause.
  private func noteFullDisk(_ command: Command, _ end: inout CommandEnd) {
    let own: String
    switch end {
    case .exit(0), .memory, .runtime, .interrupted, .launchFailure, .fullDisk: return
    case .exit(let code): own = "exit code \(code)"
    case .signal(let number): own = "signal \(number)"
    }
    let folders = [command.stdout, command.stderr].map { LogPath.split($0).folder }
    for folder in folders[0] == folders[1] ? Array(folders[..<1]) : folders {
      guard let why = DiskRoom.fault(inOrAbove: folder) else { continue }
      end = .fullDisk
      command.message =
        "the disk of its log files is full: \(folder): \(String(cString: strerror(why))); the command ended with \(own)"
      return
    }
  }

  /// Kills every descendant at once, and exits when none is left.
  func killEverything() -> Never {
    KillPoint.reached("worker.hangup.before")
    let own = getpid()
    var pause = timespec(tv_sec: 0, tv_nsec: 500_000)
    while true {
      for process in ProcessTable().descendants(of: own) { process.send(SIGKILL) }
      KillPoint.reached("worker.hangup.killed")
      var ended = clinux_ended()
      while clinux_reap(-1, &ended) == 1 {}
      if clinux_reap(-1, &ended) < 0 { break }
      // The pause increases, for processes that cannot be ended (another user's, or stuck in the kernel).
      pause.tv_nsec = min(pause.tv_nsec * 2, 256_000_000)
      nanosleep(&pause, nil)
    }
    for command in commands.values {
      command.cgroup?.remove()
      keepFiles(of: command)
    }
    exit(0)
  }

  private func seconds(_ microseconds: Int64) -> String {
    let tenths = (microseconds / 100_000) % 10
    return "\(microseconds / 1_000_000)\(tenths == 0 ? "" : ".\(tenths)") s"
  }
}
