import CLinux
import Foundation

/// The first step of every program of this package.
package enum ProgramStart {
  /// Opens standard descriptors that are closed, and turns two signals into errors of the call that caused them: the
  /// reader is gone (EPIPE), or the file has reached the process's size limit (EFBIG).
  package static func prepare() {
    clinux_open_standard_descriptors()
    for signal in [SIGPIPE, SIGXFSZ] { clinux_disarm_signal(signal) }
  }
}
