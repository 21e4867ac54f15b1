#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// A system call that does not change errno: the child shares it with its parent, which continues. Returns -errno.
#if defined(__x86_64__)
static long call(long number, long a, long b, long c, long d) {
  long result;
  register long fourth __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                   : "rcx", "r11", "memory");
  return result;
}
#define CLINUX_LAUNCH_FLAGS 0
#elif defined(__aarch64__)
static long call(long number, long a, long b, long c, long d) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory", "cc");
  return x0;
}
#define CLINUX_LAUNCH_FLAGS 0
#else
// On other architectures, the parent waits until the child has called exec or exited.
static long call(long number, long a, long b, long c, long d) {
  long result = syscall(number, a, b, c, d);
  return result == -1 ? -errno : result;
}
#define CLINUX_LAUNCH_FLAGS CLONE_VFORK
#endif

// If the calling thread is bound to one processor: the processors that it was allowed to use before.
static __thread cpu_set_t unbound;
static __thread int is_bound;

int clinux_bind_thread(int index) {
  cpu_set_t one;
  if (sched_getaffinity(0, sizeof unbound, &unbound) != 0) return -1;
  CPU_ZERO(&one);
  for (int processor = 0; processor < CPU_SETSIZE; processor++) {
    if (CPU_ISSET(processor, &unbound) && index-- == 0) CPU_SET(processor, &one);
  }
  if (sched_setaffinity(0, sizeof one, &one) != 0) return -1;
  is_bound = 1;
  return 0;
}

int clinux_mark(pid_t pid, uint64_t mark) {
  struct rlimit limit;
  if (prlimit(pid, RLIMIT_LOCKS, NULL, &limit) != 0) return -1;
  limit.rlim_cur = mark;
  return prlimit(pid, RLIMIT_LOCKS, &limit, NULL);
}

/// The same for the caller, using only system calls. If the site has set a lower hard limit, there is no mark.
static void mark_self(uint64_t mark) {
  uint64_t limit[2];  // soft, hard: struct rlimit64
  if (call(SYS_prlimit64, 0, RLIMIT_LOCKS, 0, (long)limit) < 0) return;
  limit[0] = mark;
  call(SYS_prlimit64, 0, RLIMIT_LOCKS, (long)limit, 0);
}

/// Runs in the child, on a separate stack but in the parent's memory. It must do nothing but system calls. Returns the
/// step that failed, with -errno in `why`.
static int replace_child(const struct clinux_launch *launch, long *why) {
  if ((*why = call(SYS_setpgid, 0, 0, 0, 0)) < 0) return CLINUX_SPAWN_FORK;
  if (launch->cgroup) {
    long procs = *why = call(SYS_openat, AT_FDCWD, (long)launch->cgroup, O_WRONLY | O_CLOEXEC, 0);
    if (procs >= 0) *why = call(SYS_write, procs, (long)"0", 1, 0);
    if (*why < 0) return CLINUX_SPAWN_CGROUP;
  }
  if ((*why = call(SYS_chdir, (long)launch->directory, 0, 0, 0)) < 0) return CLINUX_SPAWN_DIRECTORY;
  if ((*why = call(SYS_dup3, launch->out, STDOUT_FILENO, 0, 0)) < 0) return CLINUX_SPAWN_FORK;
  if ((*why = call(SYS_dup3, launch->err, STDERR_FILENO, 0, 0)) < 0) return CLINUX_SPAWN_FORK;
  if (launch->mark) mark_self(launch->mark);
  if (launch->affinity) call(SYS_sched_setaffinity, 0, sizeof unbound, (long)launch->affinity, 0);
  uint64_t none = 0;
  call(SYS_rt_sigprocmask, SIG_SETMASK, (long)&none, 0, sizeof none);
  *why = call(SYS_execve, (long)launch->path, (long)launch->arguments, (long)launch->environment, 0);
  return CLINUX_SPAWN_EXEC;
}

static int run_child(void *argument) {
  struct clinux_launch *launch = argument;
  long why = 0;
  int step = replace_child(launch, &why);
  launch->why = (int)-why;
  launch->failed_step = step;
  for (;;) call(SYS_exit_group, 127, 0, 0, 0);
}

pid_t clinux_launch(struct clinux_launch *launch) {
  launch->is_busy = 1;
  launch->failed_step = 0;
  launch->affinity = is_bound ? &unbound : NULL;
  int flags = CLONE_VM | CLONE_CHILD_CLEARTID | CLINUX_LAUNCH_FLAGS | SIGCHLD;
  void *stack = (void *)((uintptr_t)launch->stack & ~(uintptr_t)15);
  pid_t child = clone(run_child, stack, flags, launch, NULL, NULL, &launch->is_busy);
  if (child < 0) {
    launch->is_busy = 0;
    return -1;
  }
  // Parent and child both do this, so that the group exists whichever runs first. Here it fails if the child has
  // already called exec.
  setpgid(child, child);
  return child;
}

int clinux_is_busy(const struct clinux_launch *launch) {
  return __atomic_load_n(&launch->is_busy, __ATOMIC_ACQUIRE) != 0;
}

void clinux_await_end(pid_t child) {
  siginfo_t ended;
  while (waitid(P_PID, (id_t)child, &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
}

int clinux_reap(pid_t child, struct clinux_ended *ended) {
  struct rusage usage;
  pid_t pid;
  do {
    pid = wait4(child, &ended->status, WNOHANG, &usage);
  } while (pid < 0 && errno == EINTR);
  if (pid <= 0) return (int)pid;
  ended->pid = pid;
  ended->cpu_microseconds = (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                            usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
  ended->peak_memory = (int64_t)usage.ru_maxrss * 1024;
  return 1;
}

int clinux_did_exit(int status) { return WIFEXITED(status); }
int clinux_exit_code(int status) { return WEXITSTATUS(status); }
int clinux_end_signal(int status) { return WTERMSIG(status); }
