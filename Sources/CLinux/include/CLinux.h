/// The few Linux calls that Swift cannot import: variadic functions, values that are C macros, and the code that must
/// run between clone and exec.
#ifndef JOBMON_CLINUX_H
#define JOBMON_CLINUX_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

/// prctl(PR_SET_CHILD_SUBREAPER, 1): orphaned descendants become children of the calling process. 0 or -1 with errno.
int clinux_become_subreaper(void);

/// prctl(PR_SET_PDEATHSIG, signal): the signal that the caller gets when the thread that forked it ends. 0 or -1 with
/// errno.
int clinux_set_parent_death_signal(int signal);

/// open(2) for reading, for writing a new or emptied file, and for a folder. For files that no other user can create. A
/// descriptor (closed on exec) or -1 with errno.
int clinux_open_read(const char *path);
int clinux_open_write(const char *path, mode_t mode);
int clinux_open_folder(const char *path);

/// openat(2) for a folder, only to look up names in it (O_PATH). A symbolic link is followed if `follows`; otherwise it
/// is an error (ENOTDIR). A descriptor (closed on exec) or -1 with errno.
int clinux_open_folder_at(int folder, const char *name, int follows);

/// openat(2) for writing a new file; fails if the name exists (O_EXCL). A descriptor (closed on exec) or -1 with errno.
int clinux_open_new_at(int folder, const char *name, int appends, mode_t mode);

/// openat(2) for reading or writing an existing file of any kind. Follows no link and never blocks (O_NOFOLLOW,
/// O_NONBLOCK). A descriptor (closed on exec) or -1 with errno: ELOOP for a link, ENXIO for a socket, and for a FIFO
/// without a reader.
int clinux_open_old_at(int folder, const char *name, int writes, int appends);

/// openat(2) for an unnamed file in a folder (O_TMPFILE), for reading and writing. No other user can open it before it
/// gets a name. A descriptor (closed on exec) or -1 with errno: EOPNOTSUPP, EISDIR or ENOENT if the file system does
/// not support unnamed files.
int clinux_open_unnamed_at(int folder, mode_t mode);

/// Opens an open file again through /proc, for writing from its beginning. Unlike dup(2), it has a separate offset and
/// flags. A descriptor (closed on exec) or -1 with errno.
int clinux_open_again(int file);

/// linkat(2): gives an open unnamed file a name, through /proc. 0 or -1 with errno; EEXIST if the name exists.
int clinux_name_at(int file, int folder, const char *name);

/// Takes a write lease on a file that is open for writing (F_SETLEASE in fcntl(2)). The kernel grants it only if no
/// other open file description refers to the file: in other processes, in mappings, or in descriptors on their way
/// through a socket. It must be dropped soon, because other processes that open the file block until then. 0 or -1 with
/// errno: EAGAIN if the file is open elsewhere, others if the file system does not support leases.
///
/// A descriptor must be prepared once before its first lease. If a process opens the file during a lease, the kernel
/// sends this process a signal. After the preparation this is SIGURG, which has no effect, instead of SIGIO, which ends
/// the process.
int clinux_prepare_lease(int file);
int clinux_lease(int file);
int clinux_drop_lease(int file);

/// sendfile(2): copies up to 1 MiB from an offset in a file, which is advanced, to another file. The number of bytes, 0
/// at the end, or -1 with errno.
int64_t clinux_copy(int file, off_t *offset, int to);

/// Clears O_NONBLOCK of a descriptor. 0 or -1 with errno.
int clinux_let_block(int file);

/// pipe2(2): a pipe whose ends are closed on exec. 0 or -1 with errno.
int clinux_pipe(int ends[2]);

/// A descriptor that refers to a process even if its pid is reused, or -1 with errno.
int clinux_pidfd_open(pid_t pid);

/// Sends a signal through a pidfd. 0 or -1 with errno.
int clinux_pidfd_send_signal(int pidfd, int signal);

/// Blocks these signals and returns a descriptor (closed on exec) that is readable when one is pending, or -1 with
/// errno.
int clinux_signals_open(const int *signals, int count);

/// The next pending signal, or 0.
int clinux_signals_next(int file);

/// Installs handlers that write each of these signals to a pipe, as one byte with its number. Returns the read end of
/// the pipe (closed on exec), or -1 with errno. Call it once per process. Unlike a signalfd, it blocks no signals, so
/// children inherit no blocked signals.
int clinux_signals_pipe(const int *signals, int count);

/// Opens descriptors 0, 1 and 2 if they are closed. Otherwise the next file that the program opens would get such a
/// number, and messages would be written to it. They read as empty, and writing to them fails with EBADF.
void clinux_open_standard_descriptors(void);

/// Makes a signal have no effect, so that the call that caused it fails instead (SIGPIPE: EPIPE, SIGXFSZ: EFBIG).
/// Unlike an ignored signal, it has its default action again in programs that this process starts. 0 or -1 with errno.
int clinux_disarm_signal(int signal);

/// eventfd(2): readable after 8 bytes were written to it, until 8 bytes are read. Closed on exec, never blocks. A
/// descriptor or -1 with errno.
int clinux_event_open(void);

/// poll(2) with a timeout in microseconds. Negative: no timeout.
int clinux_poll(struct pollfd *polled, int count, int64_t microseconds);

/// Marks a process of this user, and all processes that it starts afterwards, with a number above 0 that other
/// processes can read (`Max file locks` of /proc/PID/limits). 0 or -1 with errno.
///
/// The mark is the soft limit RLIMIT_LOCKS, which Linux has not enforced since 2.4.25 (getrlimit(2)). Unlike an
/// environment variable, it remains if a program clears its environment or changes its session, and it can be read if
/// the environment cannot, even if the process runs as another user.
int clinux_mark(pid_t pid, uint64_t mark);

/// The step of a spawn that failed.
enum clinux_spawn_step {
  CLINUX_SPAWN_FORK = 1,
  CLINUX_SPAWN_CGROUP,
  CLINUX_SPAWN_DIRECTORY,
  CLINUX_SPAWN_EXEC,
};

/// What to start and how, and the memory that the child uses until it calls exec. While it is busy, it must not be
/// moved or freed, and neither must anything it points to.
struct clinux_launch {
  const char *path;
  char *const *arguments;
  char *const *environment;
  /// Its working directory.
  const char *directory;
  /// Descriptors for its standard output and standard error. They may be equal. The caller closes them.
  int out;
  int err;
  /// The `cgroup.procs` file of the control group to place it in, or NULL.
  const char *cgroup;
  /// The mark for it and its descendants (see clinux_mark()), or 0.
  uint64_t mark;
  /// The end (highest address) of the stack for the child's system calls: at least 1 KiB, used by this child alone.
  void *stack;

  /// The set of processors for the child if its parent is bound to one; set by clinux_launch().
  const void *affinity;
  /// Not 0 while the child uses the caller's memory. The kernel clears it.
  int is_busy;
  /// If the child could not call exec (it has exited then): the step that failed, and its errno in `why`.
  int failed_step;
  int why;
};

/// Starts a program in a new process group, with no blocked signals and with the caller's standard input.
///
/// It uses clone with shared memory. The cost does not depend on the caller's memory size. Unlike vfork, it does not
/// wait for the child's exec, so the caller can start the next child at once. Returns the pid, or -1 with errno.
pid_t clinux_launch(struct clinux_launch *launch);

/// Binds the calling thread permanently to one processor: the one at this index (from 0) among those allowed for it
/// now. Programs that it launches may use all of these. The thread must not end while a child launched by it is busy.
/// 0, or -1 with errno, in which case the thread is not bound.
int clinux_bind_thread(int index);

/// Whether the child still uses the caller's memory.
int clinux_is_busy(const struct clinux_launch *launch);

/// The result of wait4 for a child that has ended.
struct clinux_ended {
  pid_t pid;
  /// As in wait(2).
  int status;
  /// Processor time of the child and of the descendants that it waited for.
  int64_t cpu_microseconds;
  /// The highest resident size of any one of them, in bytes.
  int64_t peak_memory;
};

/// Waits until a child has ended, without reaping it. Returns also if it is reaped by another thread.
void clinux_await_end(pid_t child);

/// Reaps this child if it has ended; with `child` -1, any child that has ended. 1, or 0 if none has ended, or -1 with
/// errno (ECHILD: no such child).
int clinux_reap(pid_t child, struct clinux_ended *ended);

/// Whether a wait status means that the process exited, its exit code, and the signal that ended it.
int clinux_did_exit(int status);
int clinux_exit_code(int status);
int clinux_end_signal(int status);

/// The number of processors that the calling thread may run on, or -1 with errno.
int clinux_allowed_processors(void);

/// The type of the file system of a path, as in statfs(2), or -1 with errno.
int64_t clinux_file_system_type(const char *path);

#endif
