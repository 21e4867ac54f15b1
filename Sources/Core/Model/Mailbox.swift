import Foundation

/// A queue for all events of a run. Any thread can post; one thread takes them in order.
///
/// Waits use the monotonic clock, so jumps of the wall clock neither end nor extend them.
package final class Mailbox<Message: Sendable>: @unchecked Sendable {
  private var messages: [Message] = []
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let arrived: UnsafeMutablePointer<pthread_cond_t>

  package init() {
    mutex = .allocate(capacity: 1)
    arrived = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(arrived, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(arrived)
    pthread_mutex_destroy(mutex)
    arrived.deallocate()
    mutex.deallocate()
  }

  package func post(_ new: [Message]) {
    if new.isEmpty { return }
    pthread_mutex_lock(mutex)
    let wasEmpty = messages.isEmpty
    messages.append(contentsOf: new)
    if wasEmpty { pthread_cond_signal(arrived) }
    pthread_mutex_unlock(mutex)
  }

  /// Takes all messages. Waits until there is one, or until `milliseconds` have passed (nil: without limit).
  package func take(within milliseconds: Int64?) -> [Message] {
    var deadline = timespec()
    if let milliseconds {
      clock_gettime(CLOCK_MONOTONIC, &deadline)
      let nanoseconds = Int64(deadline.tv_nsec) + (max(0, milliseconds) % 1000) * 1_000_000
      deadline.tv_sec += Int(max(0, milliseconds) / 1000 + nanoseconds / 1_000_000_000)
      deadline.tv_nsec = Int(nanoseconds % 1_000_000_000)
    }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while messages.isEmpty {
      if milliseconds == nil {
        pthread_cond_wait(arrived, mutex)
      } else if pthread_cond_timedwait(arrived, mutex, &deadline) == ETIMEDOUT {
        break
      }
    }
    let taken = messages
    messages.removeAll(keepingCapacity: taken.count < 4096)
    return taken
  }
}
