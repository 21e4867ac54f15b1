import Foundation

/// A file system of a few megabytes for one test.
final class SmallDisk {
  let path: String

  /// - Parameter files: the maximum number of files and folders.
  init(at path: String, megabytes: Int, files: Int? = nil) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try run(
      "mount -t tmpfs -o size=\(megabytes)m,\(files.map { "nr_inodes=\($0)," } ?? "")mode=0700,uid=$(id -u) tmpfs '\(path)'"
    )
  }

  func unmount() { try? run("umount -l '\(path)'") }

  /// Leaves no free bytes.
  func fill() throws {
    try run("dd if=/dev/zero of='\(path)/filler' bs=4k 2>/dev/null; [ -s '\(path)/filler' ]")
  }
  /// Leaves no free inodes.
  func fillWithFiles() throws {
    try run("i=0; while { true > '\(path)'/filler$i; } 2>/dev/null; do i=$((i + 1)); done; [ $i -gt 0 ]")
  }
  func empty() throws { try run("rm -f '\(path)'/filler*") }
  func remount(_ mode: String) throws { try run("mount -o remount,\(mode) '\(path)'") }

  private func run(_ command: String) throws {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", geteuid() == 0 ? command : "sudo -n sh -c \"$0\"", command]
    try shell.run()
    shell.waitUntilExit()
    guard shell.terminationStatus == 0 else {
      throw HarnessError("this test needs root, or sudo without a password, for: \(command)")
    }
  }
}

extension Sandbox {
  /// Mounts a small file system in this sandbox, which is removed together with the sandbox.
  func mountDisk(megabytes: Int, files: Int? = nil) throws -> SmallDisk {
    let disk = try SmallDisk(at: path("disk"), megabytes: megabytes, files: files)
    disks.append(disk)
    return disk
  }
}
