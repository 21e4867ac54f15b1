import LinuxProcesses
import Testing

/// Parsing of /proc/self/cgroup.
@Suite struct ControlGroupTests {
  @Test func versionTwoHasOneHierarchy() throws {
    let group = try #require(ControlGroup.parse("0::/user.slice/a:b.scope").first)
    #expect(group.isUnified && group.has("memory") && group.has("cpu"))
    #expect(group.folder("memory") == "/sys/fs/cgroup/user.slice/a:b.scope")
    #expect(group.folder("memory", depth: 1) == "/sys/fs/cgroup/user.slice")
    #expect(group.folder("memory", depth: 0) == "/sys/fs/cgroup")
  }

  @Test func versionOneHasAHierarchyPerController() {
    let groups = ControlGroup.parse("4:cpu,cpuacct:/slurm/job_7\n3:memory:/\n1:name=systemd:/init\nnonsense")
    #expect(groups.map(\.isUnified) == [false, false, false])
    #expect(groups.map { $0.has("memory") } == [false, true, false])
    #expect(groups[0].folder("cpu") == "/sys/fs/cgroup/cpu/slurm/job_7")
    #expect(groups[1].folder("memory") == "/sys/fs/cgroup/memory")
  }
}
