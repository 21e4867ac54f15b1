// spawn SLOTS COMMANDS COMMAND: the cost of commands without a workflow manager.
//
// Runs `/bin/sh -c "COMMAND n"` for each n from 1 to COMMANDS, up to SLOTS at a time, and does nothing else: no log
// files, no records, no graph. Standard input and both outputs are /dev/null, opened once. A command is started in the
// same way as by jobmon-worker: by a clone that shares this process's memory until the command replaces it, which costs
// the same for any size of the process; without waiting for that; and in its own process group. One loop reaps ended
// commands and starts the next ones in their slots. Exits with 1 if a command has failed.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static int null;

// A slot's child reads its command, on its own stack, until it has replaced itself. The slot is not reused before the
// child has ended.
struct slot {
  _Alignas(16) char stack[16384];
  char command[4096];
  pid_t child;
};

static int become(void *argument) {
  struct slot *slot = argument;
  setpgid(0, 0);
  dup2(null, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  dup2(null, STDERR_FILENO);
  char *arguments[] = {"sh", "-c", slot->command, NULL};
  execve("/bin/sh", arguments, environ);
  _exit(127);
}

static void start(struct slot *slot, const char *command, int number) {
  snprintf(slot->command, sizeof slot->command, "%s %d", command, number);
  slot->child = clone(become, slot->stack + sizeof slot->stack, CLONE_VM | SIGCHLD, slot);
  if (slot->child < 0) {
    perror("spawn: clone");
    exit(1);
  }
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: spawn SLOTS COMMANDS COMMAND\n");
    return 2;
  }
  int slots = atoi(arguments[1]), commands = atoi(arguments[2]), started = 0, failed = 0, status;
  struct slot *all = aligned_alloc(16, (size_t)slots * sizeof *all);
  null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (slots < 1 || !all || null < 0) return 2;
  for (int i = 0; i < slots && started < commands; i++) start(&all[i], arguments[3], ++started);
  for (int ended = 0; ended < commands; ended++) {
    pid_t child = wait4(-1, &status, 0, NULL);
    if (child < 0 || status != 0) failed = 1;
    if (child < 0) break;
    struct slot *slot = all;
    while (slot->child != child) slot++;
    if (started < commands) start(slot, arguments[3], ++started);
  }
  return failed;
}
