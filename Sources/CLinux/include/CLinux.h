/// The few Linux calls Swift cannot import: variadic functions, values that are C macros, and what must happen
/// between clone and exec.
#ifndef JOBMON_CLINUX_H
#define JOBMON_CLINUX_H

#include <poll.h>
#include <stdint.h>
#include <sys/types.h>

/// prctl(PR_SET_CHILD_SUBREAPER, 1): orphaned descendants become children of the calling process. 0 or -1 with errno.
int clinux_become_subreaper(void);

/// prctl(PR_SET_PDEATHSIG, signal): the signal the caller gets when the thread that forked it ends. 0 or -1 with errno.
int clinux_set_parent_death_signal(int signal);

/// open(2) for reading, for writing a new or emptied file, and for a folder: of files that nobody else can make. A descriptor
/// (closed on exec) or -1 with errno.
int clinux_open_read(const char *path);
int clinux_open_write(const char *path, mode_t mode);
int clinux_open_folder(const char *path);

/// openat(2) for a folder, to look up names in it only (O_PATH). Where it is a symbolic link: the folder that this leads to,
/// or ENOTDIR. A descriptor (closed on exec) or -1 with errno.
int clinux_open_folder_at(int folder, const char *name, int follows);

/// openat(2) for writing a file that nobody has made yet (O_EXCL). A descriptor (closed on exec) or -1 with errno.
int clinux_open_new_at(int folder, const char *name, int appends, mode_t mode);

/// openat(2) for reading, or for writing, what is there already, whatever it is: follows no link and waits for nobody
/// (O_NOFOLLOW, O_NONBLOCK). A descriptor (closed on exec) or -1 with errno: ELOOP for a link, ENXIO for a FIFO without a
/// reader and for a socket.
int clinux_open_old_at(int folder, const char *name, int writes, int appends);

/// openat(2) for a file without a name in a folder (O_TMPFILE), for reading and writing. Nobody else can open it before it
/// gets a name. A descriptor (closed on exec) or -1 with errno: EOPNOTSUPP, EISDIR or ENOENT where the file system has none.
int clinux_open_unnamed_at(int folder, mode_t mode);

/// Opens an open file once more, for writing from its beginning, by /proc: with an offset and flags of its own, unlike dup(2).
/// A descriptor (closed on exec) or -1 with errno.
int clinux_open_again(int file);

/// linkat(2): gives an open file without a name one, by /proc. 0 or -1 with errno, EEXIST where the name is taken.
int clinux_name_at(int file, int folder, const char *name);

/// Takes a write lease on a file that is open for writing (F_SETLEASE in fcntl(2)): the kernel grants it only where no other
/// open file is the same one, whoever has it: other processes, mappings, and descriptors on their way through a socket
/// included. It has to be dropped soon: whoever opens the file meanwhile waits for that. 0 or -1 with errno: EAGAIN where
/// somebody has it open, others where the file system has no leases.
///
/// A descriptor has to be prepared for it, once: who opens the file meanwhile has a signal sent to us, which is then one that
/// does nothing, instead of SIGIO, which ends a process.
int clinux_prepare_lease(int file);
int clinux_lease(int file);
int clinux_drop_lease(int file);

/// sendfile(2): copies some of what a file holds from an offset on, which moves, to where another is written. The count of bytes, 0 at the end, or -1 with errno.
int64_t clinux_copy(int file, off_t *offset, int to);

/// Takes O_NONBLOCK away from a descriptor. 0 or -1 with errno.
int clinux_let_block(int file);

/// pipe2(2): a pipe whose ends are closed on exec. 0 or -1 with errno.
int clinux_pipe(int ends[2]);

/// A descriptor that stands for a process whatever becomes of its number, or -1 with errno.
int clinux_pidfd_open(pid_t pid);

/// Sends a signal through such a descriptor. 0 or -1 with errno.
int clinux_pidfd_send_signal(int pidfd, int signal);

/// Blocks these signals and returns a descriptor (closed on exec) that is readable when one has come, or -1 with errno.
int clinux_signals_open(const int *signals, int count);

/// The next signal that has come, or 0.
int clinux_signals_next(int file);

/// Has these signals written, as one byte each with their number, to a pipe, and returns the end to read (closed on
/// exec), or -1 with errno. Once a process. Unlike a signalfd it needs no signal blocked, so nothing is inherited.
int clinux_signals_pipe(const int *signals, int count);

/// Makes descriptors 0, 1 and 2 open: a program that was started without one of them would give its number to the next
/// file that it opens, and write messages into that. They read as empty, and writing to them fails with EBADF.
void clinux_open_standard_descriptors(void);

/// Has a signal do nothing, so that the call that raised it fails instead (SIGPIPE: EPIPE, SIGXFSZ: EFBIG). Unlike an
/// ignored signal it has its default action again in programs that this one starts. 0 or -1 with errno.
int clinux_disarm_signal(int signal);

/// eventfd(2): readable once 8 bytes were written to it, until 8 bytes are read; closed on exec, never blocks. Or -1 with
/// errno.
int clinux_event_open(void);

/// poll(2) with a time-out in microseconds; a negative one is none.
int clinux_poll(struct pollfd *polled, int count, int64_t microseconds);

/// Marks a process of this user, and all that it starts from then on, with a number above 0 that other processes can read
/// (`Max file locks` of /proc/PID/limits). 0 or -1 with errno.
///
/// The mark is the soft limit RLIMIT_LOCKS, which Linux has not enforced since 2.4.25 (getrlimit(2)). Unlike a variable of
/// the environment it stays where a program clears its environment, changes its session, or may not be read, and it can be
/// read where the process runs as another user.
int clinux_mark(pid_t pid, uint64_t mark);

/// The step of a spawn that failed.
enum clinux_spawn_step {
  CLINUX_SPAWN_FORK = 1,
  CLINUX_SPAWN_CGROUP,
  CLINUX_SPAWN_DIRECTORY,
  CLINUX_SPAWN_EXEC,
};

/// What to start, and how; and the child's own place until it has replaced itself. It has to stay where it is, with all
/// that it points to, for as long as it is busy.
struct clinux_launch {
  const char *path;
  char *const *arguments;
  char *const *environment;
  /// Its working directory.
  const char *directory;
  /// Descriptors of the files it writes to; they may be the same, and are closed by the caller.
  int out;
  int err;
  /// The `cgroup.procs` file of the control group it is to live in, or NULL.
  const char *cgroup;
  /// The mark that it and all that comes of it carry (see clinux_mark()), or 0.
  uint64_t mark;
  /// The end of what the child calls the system from: a KiB or more below it, for the child alone.
  void *stack;

  /// The set of processors that the child may run on, where its parent is bound to one: clinux_launch() sets it.
  const void *affinity;
  /// Not 0 while the child lives in the caller's memory: the kernel clears it.
  int is_busy;
  /// Where it could not replace itself (then it has exited): the step that failed, and the errno of that.
  int failed_step;
  int why;
};

/// Starts a program in a process group of its own, with no signal blocked and standard input as the caller's.
///
/// By clone with the caller's memory: costs the same however much that is, and does not wait for the program to replace
/// the child, as vfork does: the next one can be started meanwhile. Returns its process id, or -1 with errno.
pid_t clinux_launch(struct clinux_launch *launch);

/// Has the calling thread run on one processor only, for good: the one at this index (from 0) among those that it may run
/// on now. What it launches may run on all of these. Such a thread must not end while what it launched is busy. 0, or -1
/// with errno where it stays as it is.
int clinux_bind_thread(int index);

/// Whether the child lives in the caller's memory yet.
int clinux_is_busy(const struct clinux_launch *launch);

/// What wait4 says of a child that has ended.
struct clinux_ended {
  pid_t pid;
  /// As of wait(2).
  int status;
  /// Processor time of the child and the descendants it waited for.
  int64_t cpu_microseconds;
  /// The highest resident size of any one of them, in bytes.
  int64_t peak_memory;
};

/// Waits until a child has ended, and leaves it to be reaped; or until somebody else has reaped it.
void clinux_await_end(pid_t child);

/// Reaps this child if it has ended, or any one that has where `child` is -1: 1, or 0 where none has, or -1 with errno
/// (ECHILD: there is no such child).
int clinux_reap(pid_t child, struct clinux_ended *ended);

/// Whether a wait status says that the process exited, with what code; or by what signal it ended.
int clinux_did_exit(int status);
int clinux_exit_code(int status);
int clinux_end_signal(int status);

/// The number of processors that the calling thread may run on, or -1 with errno.
int clinux_allowed_processors(void);

/// The type of the file system that a path is on, as of statfs(2), or -1 with errno.
int64_t clinux_file_system_type(const char *path);

#endif
