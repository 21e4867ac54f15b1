#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/// Runs in the child, in the parent's memory: calls nothing that is not async-signal-safe. Returns the step that failed.
static int replace_child(const struct clinux_spawn *request) {
  if (setpgid(0, 0) != 0) return CLINUX_SPAWN_FORK;
  if (request->cgroup) {
    int procs = open(request->cgroup, O_WRONLY | O_CLOEXEC);
    if (procs < 0 || write(procs, "0", 1) != 1) return CLINUX_SPAWN_CGROUP;
  }
  if (chdir(request->directory) != 0) return CLINUX_SPAWN_DIRECTORY;
  int out = clinux_open_write(request->out, 0600);
  if (out < 0 || dup2(out, STDOUT_FILENO) < 0) return CLINUX_SPAWN_STDOUT;
  int err = request->err ? clinux_open_write(request->err, 0600) : out;
  if (err < 0 || dup2(err, STDERR_FILENO) < 0) return CLINUX_SPAWN_STDERR;
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(request->path, request->arguments, request->environment);
  return CLINUX_SPAWN_EXEC;
}

pid_t clinux_spawn(const struct clinux_spawn *request, int *failed_step) {
  volatile int step = 0;
  volatile int why = 0;
  pid_t child = vfork();
  if (child == 0) {
    step = replace_child(request);
    why = errno;
    _exit(127);
  }
  if (child > 0 && step == 0) return child;
  if (child < 0) {
    *failed_step = CLINUX_SPAWN_FORK;
    return -1;
  }
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
  }
  *failed_step = step;
  errno = why;
  return -1;
}

int clinux_reap(struct clinux_ended *ended) {
  struct rusage usage;
  pid_t pid;
  do {
    pid = wait4(-1, &ended->status, WNOHANG, &usage);
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
