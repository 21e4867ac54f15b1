#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

int clinux_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int clinux_set_parent_death_signal(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

int clinux_open_read(const char *path) { return open(path, O_RDONLY | O_CLOEXEC); }

int clinux_open_write(const char *path, mode_t mode) {
  return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, mode);
}

int clinux_open_folder_at(int folder, const char *name, int follows) {
  return openat(folder, name, O_PATH | O_DIRECTORY | O_CLOEXEC | (follows ? 0 : O_NOFOLLOW));
}

int clinux_open_new_at(int folder, const char *name, int appends, mode_t mode) {
  return openat(folder, name,
                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC | (appends ? O_APPEND : 0), mode);
}

int clinux_open_old_at(int folder, const char *name, int writes, int appends) {
  return openat(folder, name,
                (writes ? O_WRONLY : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
                    (appends ? O_APPEND : 0));
}

int clinux_open_unnamed_at(int folder, mode_t mode) {
  return openat(folder, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, mode);
}

/// The folder of this process's descriptors, opened once.
static int own_files(void) {
  static int folder = -1;
  int known = __atomic_load_n(&folder, __ATOMIC_ACQUIRE);
  if (known >= 0) return known;
  int opened = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) return -1;
  if (__atomic_compare_exchange_n(&folder, &known, opened, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return opened;
  close(opened);
  return known;
}

/// A descriptor's name in that folder, at the end of `text`.
static const char *name_of(int file, char text[12]) {
  char *start = text + 11;
  *start = 0;
  do {
    *--start = (char)('0' + file % 10);
    file /= 10;
  } while (file > 0);
  return start;
}

int clinux_open_again(int file) {
  char text[12];
  int folder = own_files();
  return folder < 0 ? -1 : openat(folder, name_of(file, text), O_WRONLY | O_NOCTTY | O_CLOEXEC);
}

int clinux_name_at(int file, int folder, const char *name) {
  char text[12];
  int own = own_files();
  return own < 0 ? -1 : linkat(own, name_of(file, text), folder, name, AT_SYMLINK_FOLLOW);
}

int clinux_prepare_lease(int file) { return fcntl(file, F_SETSIG, SIGURG); }
int clinux_lease(int file) { return fcntl(file, F_SETLEASE, F_WRLCK); }

int clinux_drop_lease(int file) { return fcntl(file, F_SETLEASE, F_UNLCK); }

int64_t clinux_copy(int file, off_t *offset, int to) {
  ssize_t count;
  do {
    count = sendfile(to, file, offset, 1 << 20);
  } while (count < 0 && errno == EINTR);
  return count;
}

int clinux_let_block(int file) {
  int flags = fcntl(file, F_GETFL);
  return flags < 0 ? -1 : fcntl(file, F_SETFL, flags & ~O_NONBLOCK);
}

int clinux_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
int clinux_open_folder(const char *path) { return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC); }

int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int clinux_pidfd_send_signal(int pidfd, int signal) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

int64_t clinux_file_system_type(const char *path) {
  struct statfs found;
  return statfs(path, &found) == 0 ? (int64_t)found.f_type : -1;
}

int clinux_signals_open(const int *signals, int count) {
  sigset_t awaited;
  sigemptyset(&awaited);
  for (int i = 0; i < count; i++) sigaddset(&awaited, signals[i]);
  if (sigprocmask(SIG_BLOCK, &awaited, NULL) != 0) return -1;
  return signalfd(-1, &awaited, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int signal_pipe[2] = {-1, -1};

static void write_signal(int number) {
  int kept = errno;
  unsigned char byte = (unsigned char)number;
  // If the pipe is full, it contains more signals than needed, so this one can be lost.
  if (write(signal_pipe[1], &byte, 1) < 0) errno = kept;
  errno = kept;
}

int clinux_signals_pipe(const int *signals, int count) {
  if (signal_pipe[0] < 0 && pipe2(signal_pipe, O_CLOEXEC) != 0) return -1;
  fcntl(signal_pipe[1], F_SETFL, O_NONBLOCK);
  struct sigaction action = {.sa_handler = write_signal, .sa_flags = SA_RESTART};
  sigfillset(&action.sa_mask);
  for (int i = 0; i < count; i++) {
    if (sigaction(signals[i], &action, NULL) != 0) return -1;
  }
  return signal_pipe[0];
}

void clinux_open_standard_descriptors(void) {
  for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++) {
    if (fcntl(file, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one. In a root directory without /dev/null, `/` can still be opened.
    if (open("/dev/null", O_RDONLY | O_NOCTTY) < 0) open("/", O_RDONLY | O_DIRECTORY);
  }
}

static void do_nothing(int signal) { (void)signal; }

int clinux_disarm_signal(int signal) {
  struct sigaction action = {.sa_handler = do_nothing, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  return sigaction(signal, &action, NULL);
}

int clinux_signals_next(int file) {
  struct signalfd_siginfo received;
  return read(file, &received, sizeof received) == sizeof received ? (int)received.ssi_signo : 0;
}

int clinux_event_open(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int clinux_poll(struct pollfd *polled, int count, int64_t microseconds) {
  struct timespec pause = {.tv_sec = microseconds / 1000000, .tv_nsec = microseconds % 1000000 * 1000};
  return ppoll(polled, (nfds_t)count, microseconds < 0 ? NULL : &pause, NULL);
}

int clinux_allowed_processors(void) {
  cpu_set_t allowed;
  return sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : -1;
}
