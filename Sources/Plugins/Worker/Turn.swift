import Glibc

/// Which of several threads works: one at a time.
final class Turn {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let news: UnsafeMutablePointer<pthread_cond_t>

  init() {
    mutex = .allocate(capacity: 1)
    news = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(news, nil)
  }

  deinit {
    pthread_cond_destroy(news)
    pthread_mutex_destroy(mutex)
    news.deallocate()
    mutex.deallocate()
  }

  func take() { pthread_mutex_lock(mutex) }
  func pass() { pthread_mutex_unlock(mutex) }

  /// Lets others work until there is news, or for no reason at all.
  func passUntilNews() { pthread_cond_wait(news, mutex) }
  func tellNews() { pthread_cond_signal(news) }
}
