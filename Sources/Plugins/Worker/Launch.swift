import CLinux
import Glibc
import LinuxProcesses
import OSText

/// A child from its making until it runs its program: till then it lives in this process's memory, and all that it
/// reads has to stay where it is.
final class Launch {
  /// More than the child's few calls need.
  private static let stackSize = 4096

  /// The C structure, the two lists of pointers, the strings, and the child's stack, in one piece.
  private let memory: UnsafeMutableRawPointer
  private let launch: UnsafeMutablePointer<clinux_launch>
  let process: pid_t

  /// - Parameters:
  ///   - program, arguments, variables, cgroup: ``OSText``, whose bytes are never more than its own.
  ///   - directory, shared: C strings that live as long as this process.
  ///   - outputs: descriptors for the standard output and the standard error.
  ///   - mark: by which it is found whatever becomes of its environment.
  /// - Returns: nil, with errno, where there can be no further process.
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

  /// Whether the child lives in our memory yet.
  var isBusy: Bool { clinux_is_busy(launch) == 1 }

  /// Where it could not run its program, and so has ended: the step that failed, and its errno.
  var failure: (step: clinux_spawn_step, why: Int32)? {
    let step = launch.pointee.failed_step
    return step == 0 ? nil : (clinux_spawn_step(UInt32(step)), launch.pointee.why)
  }
}
