import Foundation

/// A preloaded library that watches how `jobmon` uses the files of its database. It slows down syncs, keeps what a
/// power failure would leave, and detects a close that drops locks of the same process.
struct FileShim {
  private static let source = #"""
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <fcntl.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/stat.h>
    #include <unistd.h>

    // The database's own name where the descriptor is one of its files, in this program; else NULL.
    static const char *name_of(int file, char *path, size_t size) {
      static int ours = -1;
      if (ours < 0) {
        char program[4096];
        ssize_t count = readlink("/proc/self/exe", program, sizeof program - 1);
        program[count < 0 ? 0 : count] = 0;
        char *slash = strrchr(program, '/');
        ours = slash && strcmp(slash, "/jobmon") == 0;
      }
      if (!ours) return NULL;
      char link[64];
      snprintf(link, sizeof link, "/proc/self/fd/%d", file);
      ssize_t count = readlink(link, path, size - 1);
      if (count <= 0) return NULL;
      path[count] = 0;
      char *slash = strrchr(path, '/');
      return slash && strncmp(slash, "/jobmon.db", 10) == 0 ? slash + 1 : NULL;
    }

    static void keep(int file, const char *name) {
      const char *folder = getenv("SHIM_KEEP");
      if (!folder) return;
      char draft[4096], target[4096];
      snprintf(draft, sizeof draft, "%s/draft.%d", folder, gettid());
      snprintf(target, sizeof target, "%s/%s", folder, name);
      int copy = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
      char piece[65536];
      off_t place = 0;
      ssize_t count;
      while ((count = pread(file, piece, sizeof piece, place)) > 0) {
        if (write(copy, piece, count) != count) abort();
        place += count;
      }
      close(copy);
      rename(draft, target);
    }

    // What was removed from a folder is gone for good once the folder is synced.
    static void forget(int file) {
      struct stat found;
      const char *folder = getenv("SHIM_KEEP");
      if (!folder || fstat(file, &found) != 0 || !S_ISDIR(found.st_mode)) return;
      const char *names[] = {"jobmon.db", "jobmon.db-wal", "jobmon.db-journal"};
      for (int place = 0; place < 3; place++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, names[place]);
        if (faccessat(file, names[place], F_OK, 0) != 0) unlink(path);
      }
    }

    static int synced(int file, const char *call) {
      int (*real)(int) = dlsym(RTLD_NEXT, call);
      char path[4096];
      const char *name = name_of(file, path, sizeof path);
      const char *pause = getenv("SHIM_SYNC_MICROSECONDS");
      if (name && pause) usleep(atoi(pause));
      int result = real(file);
      if (name && result == 0) keep(file, name);
      if (result == 0) forget(file);
      return result;
    }

    int fsync(int file) { return synced(file, "fsync"); }
    int fdatasync(int file) { return synced(file, "fdatasync"); }

    int close(int file) {
      static int (*real)(int);
      if (!real) real = dlsym(RTLD_NEXT, "close");
      const char *log = getenv("SHIM_LOST_LOCKS");
      char path[4096];
      if (log && name_of(file, path, sizeof path)) {
        // A lock of this process stands in the way of one that belongs to a descriptor.
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        if (fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid == getpid()) {
          int out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
          dprintf(out, "%d drops its locks on %s\n", getpid(), path);
          real(out);
        }
      }
      return real(file);
    }
    """#

  let environment: [String: String]
  private let sandbox: Sandbox

  /// - Parameter pause: additional microseconds for each sync of the database.
  init(_ sandbox: Sandbox, pause: Int = 0) throws {
    self.sandbox = sandbox
    try sandbox.requirePreloading()
    try sandbox.write("shim.c", Self.source)
    try sandbox.shell("mkdir -p kept && cc -shared -fPIC -O1 -o shim.so shim.c -ldl")
    environment = [
      "LD_PRELOAD": sandbox.path("shim.so"), "SHIM_KEEP": sandbox.path("kept"),
      "SHIM_LOST_LOCKS": sandbox.path("lost_locks"), "SHIM_SYNC_MICROSECONDS": "\(pause)",
    ]
  }

  /// Where a process dropped its own locks; empty if that never happened.
  var lostLocks: String { sandbox.read("lost_locks") }
}
