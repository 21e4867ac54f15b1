import JobmonCore
import Testing

@testable import JobmonCLI

@Suite("Messages of an interrupt")
struct RunInterruptionTests {
  private let here = RunInterruption.Share(cluster: "local", isThisMachine: true, tasks: 3)
  private let slurm = RunInterruption.Share(cluster: "slurm", isThisMachine: false, tasks: 5)

  @Test("the message names the cancelled and the remaining tasks of each cluster")
  func sentence() {
    #expect(
      RunInterruption(cancelled: [here], left: [slurm], running: [], again: false).sentence
        == "interrupted: no new tasks; cancelling 3 tasks on this machine; leaving 5 jobs in slurm; "
        + "press Ctrl-C again to quit now")
    let one = RunInterruption.Share(cluster: "slurm", isThisMachine: false, tasks: 1)
    #expect(
      RunInterruption(cancelled: [one], left: [], running: [], again: false).sentence
        == "interrupted: no new tasks; cancelling 1 task in slurm; press Ctrl-C again to quit now")
    #expect(
      RunInterruption(cancelled: [], left: [], running: [], again: false).sentence
        == "interrupted: no new tasks; press Ctrl-C again to quit now")
    #expect(
      RunInterruption(cancelled: [], left: [slurm], running: [], again: true).sentence
        == "interrupted again: quitting now; leaving 5 jobs in slurm")
  }
}
