import CLinux
import Glibc
import LinuxProcesses
import OSText

/// A child, from its creation until it runs its program. Until then it shares the memory of this process, and
/// everything that it reads must stay where it is.
final class Launch {
  /// More than the few calls of the child need.
  private static let stackSize = 4096

  /// One allocation that holds the C structure, the two lists of pointers, the strings, and the child's stack.
  private let memory: UnsafeMutableRawPointer
  private let launch: UnsafeMutablePointer<clinux_launch>
  let process: pid_t

  /// - Parameters:
  ///   - program, arguments, variables, cgroup: ``OSText``; decoded, it never has more bytes than before.
  ///   - directory, shared: C strings that live as long as this process.
  ///   - outputs: descriptors for standard output and standard error.
  ///   - mark: identifies the process even if its environment changes.
  /// - Returns: nil, with errno, if no process can be created.
  init?(
    program: String, arguments: [String], directory: UnsafePointer<CChar>,
    shared: [UnsafeMutablePointer<CChar>?], variables: [String], outputs: (Int32, Int32), cgroup: String?,
    mark: ProcessMark
  ) {
    let texts = [arguments, variables, [program], cgroup.map { [$0] } ?? []].joined()
    let pointers = arguments.count + 1 + shared.count + variables.count + 1
    let size =
      MemoryLayout<clinux_launch>.size + pointers * MemoryLayout<UnsafeMutablePointer<CChar>?>.size
      + texts.reduce(0) { $0 + $1.utf8.count + 1 } + Self.stackSize
    memory = .allocate(byteCount: size, alignment: 16)
    launch = memory.initializeMemory(as: clinux_launch.self, repeating: clinux_launch(), count: 1)
    var list = UnsafeMutableRawPointer(launch + 1).assumingMemoryBound(
      to: UnsafeMutablePointer<CChar>?.self)
    var next = UnsafeMutableRawPointer(list + pointers).assumingMemoryBound(to: CChar.self)

    func write(_ text: String) -> UnsafeMutablePointer<CChar> {
      var text = text
      let start = next
      text.withUTF8 { bytes in
        next = start + OSText.decode(bytes, into: UnsafeMutableRawPointer(start))
      }
      next.pointee = 0
      next += 1
      return start
    }
    func append(_ pointer: UnsafeMutablePointer<CChar>?) {
      list.initialize(to: pointer)
      list += 1
    }

    launch.pointee.arguments = UnsafePointer(list)
    for argument in arguments { append(write(argument)) }
    append(nil)
    launch.pointee.environment = UnsafePointer(list)
    for variable in shared where variable != nil { append(variable) }
    for variable in variables { append(write(variable)) }
    append(nil)
    launch.pointee.path = UnsafePointer(write(program))
    launch.pointee.directory = directory
    (launch.pointee.out, launch.pointee.err) = outputs
    launch.pointee.cgroup = cgroup.map { UnsafePointer(write($0)) }
    launch.pointee.mark = mark.number
    launch.pointee.stack = memory + size
    process = clinux_launch(launch)
    if process < 0 { return nil }
  }

  deinit { memory.deallocate() }

  /// Whether the child still shares the memory of this process.
  var isBusy: Bool { clinux_is_busy(launch) == 1 }

  /// If the child could not run its program and has ended: the step that failed, and its errno.
  var failure: (step: clinux_spawn_step, why: Int32)? {
    let step = launch.pointee.failed_step
    return step == 0 ? nil : (clinux_spawn_step(UInt32(step)), launch.pointee.why)
  }
}
