import CLinux
import Foundation

/// What every program of this package does before anything else.
package enum ProgramStart {
  /// Opens standard descriptors that are closed, and turns two signals into errors of the call that raised them: a
  /// reader that has gone (EPIPE), and a file that reached the size limit of the process (EFBIG).
  package static func prepare() {
    clinux_open_standard_descriptors()
    for signal in [SIGPIPE, SIGXFSZ] { clinux_disarm_signal(signal) }
  }
}
