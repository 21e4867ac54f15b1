import CLinux
import Glibc
import WorkerProtocol

/// Handling of the driver's frames.
extension Server {
  func handle(_ frame: DriverFrame) {
    switch frame {
    case .hello(let setting):
      launcher = Launcher(setting, usesShell: usesShell, namesLogsAtOnce: namesLogsAtOnce)
      grace = setting.grace * 1000
      usesControlGroups = setting.usesControlGroups
      memoryKillIsFailure = setting.memoryKillIsFailure
    case .run(let order):
      queues.setSlots(from: order)
      if order.waits { queues.wait(order) } else { start(order) }
      fill(order.size)
    case .cancel(let instance):
      reap()  // a command that has ended by itself keeps its outcome
      if let order = queues.remove(instance) {
        say(.cancelled(instance: instance, wasRunning: true), within: 0)
        return refuse(order, .interrupted, "cancelled on request")
      }
      let command = commands[instance].flatMap { $0.hasEnded ? nil : $0 }
      say(.cancelled(instance: instance, wasRunning: command != nil), within: 0)
      if let command { end(command, by: .interrupted, "cancelled on request") }
    case .withdraw(let instance):
      if let order = queues.remove(instance) { refuse(order, .interrupted, "withdrawn before it started") }
    case .stop:
      isStopping = true
      for order in queues.removeAll() { refuse(order, .interrupted, "the run was stopping") }
      reap()
      for command in commands.values where !command.hasEnded {
        end(command, by: .interrupted, "ended because the run stopped")
      }
    }
  }

  /// Starts the waiting commands of this size, as long as slots are free.
  func fill(_ size: CommandQueues.Size) {
    while let order = queues.next(size) { start(order) }
  }

  private func start(_ order: CommandOrder) {
    guard launcher != nil, !isStopping else { return refuse(order, .interrupted, "the run was stopping") }
    var cgroup: MemoryCgroup?
    if order.memory > 0, let cgroups {
      cgroup = MemoryCgroup(limit: order.memory, name: "jobmon-\(getpid())-\(order.instance)", in: cgroups)
    }
    launch(order, cgroup: cgroup, usesShell: false)
  }

  private func launch(_ order: CommandOrder, cgroup: MemoryCgroup?, usesShell: Bool) {
    guard let launcher else { return }
    do throws(Launcher.Failure) {
      KillPoint.reached("worker.spawn.before")
      let (started, startedWall) = (Clock.monotonic, Clock.wall)
      let child = try launcher.start(order, cgroup: cgroup, usesShell: usesShell)
      KillPoint.reached("worker.spawn.after")
      let command = Command(order, child, cgroup: cgroup, started: started, startedWall: startedWall)
      commands[order.instance] = command
      mains[command.process] = command
      queues.began(command.size)
      noteDeadline(of: command)
      launching.append(command)
      nextLook = min(nextLook, started + Self.patience)
      attend(command)
    } catch {
      cgroup?.remove()
      refuse(order, .launchFailure(error.fault), error.message)
    }
  }

  /// Announces the commands that run by now. A command that could not be run is noticed when its child is reaped.
  func lookAtLaunches() {
    nextLook = .max
    launching.removeAll { command in
      announce(command, within: max(0, command.started + Self.patience - Clock.monotonic))
      guard command.isLaunching else { return true }
      nextLook = Clock.monotonic + Self.patience
      return false
    }
  }

  /// Reports that a command runs, if that was not reported.
  @discardableResult
  private func announce(_ command: Command, within patience: Int64) -> Command.Launched {
    let launched = command.look()
    if case .runs = launched {
      say(.started(instance: command.instance, at: command.startedWall), within: patience)
    }
    return launched
  }

  /// Whether a child that has ended was running its command.
  ///
  /// If a program cannot be run directly, the command is started again with a shell. The shell prints why, and can run
  /// scripts without an interpreter line.
  func ran(_ command: Command) -> Bool {
    // Its end is reported next.
    guard case .failed(let step, let why) = announce(command, within: Self.patience) else { return true }
    commands[command.instance] = nil
    queues.ended(command.size)
    keepFiles(of: command)
    if command.endedBy == nil, command.isPlain, step == CLINUX_SPAWN_EXEC {
      launch(command.order, cgroup: command.cgroup, usesShell: true)
    } else {
      command.cgroup?.remove()
      if let end = command.endedBy {
        refuse(command.order, end, command.message)
      } else {
        let failure = Launcher.failure((step, why), directory: launcher?.directory ?? "")
        refuse(command.order, .launchFailure(failure.fault), failure.message)
      }
    }
    fill(command.size)
    return false
  }

  private func refuse(_ order: CommandOrder, _ end: CommandEnd, _ message: String) {
    say(
      .ended(
        CommandReport(
          instance: order.instance, end: end, started: 0, ended: Clock.wall, wall: 0, cpu: 0, peakMemory: 0,
          message: message)), within: 0)
  }
}
