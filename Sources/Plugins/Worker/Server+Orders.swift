import Glibc
import WorkerProtocol

/// What the driver asks for.
extension Server {
  func obey(_ frame: DriverFrame) {
    switch frame {
    case .hello(let setting):
      launcher = Launcher(setting)
      grace = setting.grace * 1000
      usesControlGroups = setting.usesControlGroups
    case .run(let order): start(order)
    case .cancel(let instance):
      reap()  // what has ended by itself keeps its own outcome
      let command = commands[instance].flatMap { $0.hasEnded ? nil : $0 }
      say(.cancelled(instance: instance, wasRunning: command != nil), now: true)
      if let command { end(command, by: .interrupted, "ended on request") }
    case .stop:
      reap()
      isStopping = true
      for command in commands.values where !command.hasEnded {
        end(command, by: .interrupted, "ended with the run")
      }
    }
  }

  private func start(_ order: CommandOrder) {
    guard let launcher, !isStopping else { return refuse(order, .interrupted, "the run was ending") }
    var cgroup: MemoryCgroup?
    if order.memory > 0, let cgroups {
      cgroup = MemoryCgroup(limit: order.memory, name: "jobmon-\(getpid())-\(order.instance)", in: cgroups)
    }
    do throws(Launcher.Failure) {
      KillPoint.reached("worker.spawn.before")
      let (started, startedWall) = (Clock.monotonic, Clock.wall)
      let process = try launcher.start(order, cgroup: cgroup)
      KillPoint.reached("worker.spawn.after")
      let command = Command(
        order, process: process, cgroup: cgroup, started: started, startedWall: startedWall)
      commands[order.instance] = command
      mains[process] = command
      heed(command)
      say(.started(instance: order.instance, at: command.startedWall), now: false)
    } catch {
      cgroup?.remove()
      refuse(order, .launchFailure, error.message)
    }
  }

  private func refuse(_ order: CommandOrder, _ end: CommandEnd, _ message: String) {
    say(
      .ended(
        CommandReport(
          instance: order.instance, end: end, started: 0, ended: Clock.wall, wall: 0, cpu: 0, peakMemory: 0,
          message: message)), now: true)
  }
}
