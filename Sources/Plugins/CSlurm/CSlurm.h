/// The part of libslurm that jobmon needs, with types of its own. Slurm's structures change with every release and are
/// used only in SlurmLibrary.c. It is compiled against one release, as a library of its own, which jobmon-slurm loads
/// when it starts. So jobmon-slurm itself needs no Slurm to be built or to run.
///
/// Calls return 0, or an error of slurm_errno.h (or errno). Only one thread at a time may call.
#ifndef JOBMON_CSLURM_H
#define JOBMON_CSLURM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// No value, no limit.
#define CSLURM_NONE UINT32_MAX

/// What a submission error means for the request.
enum cslurm_meaning {
  /// It will never be accepted.
  CSLURM_PERMANENT,
  /// The controller is unreachable or busy: the request was not accepted, but may be accepted later.
  CSLURM_TEMPORARY,
  /// A state of the site that passes, such as a drained partition.
  CSLURM_PASSING,
  /// The controller cannot accept more jobs.
  CSLURM_FULL,
  /// A limit of the account on the number or size of jobs, even if this request alone exceeds it.
  CSLURM_LIMIT,
  /// No answer arrived: the request may have been accepted.
  CSLURM_UNKNOWN,
};

struct cslurm_limits {
  char cluster[128];
  /// The controller's release.
  char version[64];
  uint32_t max_array_size;
  /// SchedulerParameters=max_array_tasks; CSLURM_NONE if it is not set.
  uint32_t max_array_tasks;
  uint32_t max_job_count;
  /// Seconds, as the next two.
  uint32_t min_job_age;
  uint32_t kill_wait;
  uint32_t message_timeout;
  /// Whether slurmdbd keeps accounting records.
  bool has_accounting;
};

struct cslurm_partition {
  const char *name;
  bool is_default;
  /// Minutes; CSLURM_NONE: no limit.
  uint32_t max_minutes;
  uint32_t max_cores_per_node;
  /// In hostlist notation.
  const char *nodes;
};

struct cslurm_node {
  const char *name;
  uint32_t cores;
  uint64_t memory_mib;
  /// The partitions of the node, separated by commas.
  const char *partitions;
};

/// A batch job or a job array. NULL and 0 mean the cluster's default.
struct cslurm_submission {
  const char *name, *comment, *script, *directory, *output, *array;
  const char *const *environment;
  uint32_t environment_count;
  const char *partition, *account, *constraints;
  uint32_t cores;
  uint64_t memory_mib;
  uint32_t minutes;
  /// When to send USR2 to the script, in seconds before the time limit; 0: never.
  uint16_t warn_seconds;
  bool requeue;
  /// Further attributes by their long names of sbatch(1); SlurmAttributes.names lists the supported ones.
  const char *const *attribute_names, *const *attribute_values;
  uint32_t attribute_count;
};

/// A record of the controller: a job, or all pending members of an array.
struct cslurm_job {
  uint32_t id;
  /// 0 if it is not a member of an array.
  uint32_t array;
  /// CSLURM_NONE: the record covers all pending members (`has_task`).
  uint32_t task;
  /// As in enum job_states, including the flags above it.
  uint32_t state;
  uint32_t restarts;
  /// As of wait(2).
  uint32_t exit_status;
  int64_t submitted, started, ended;
  const char *name, *nodes, *partition;
  /// Why it is pending, in the words of squeue(1), and what the controller adds; "" if it adds nothing.
  const char *reason, *explanation;
  const void *tasks;
  /// What it used according to accounting: seconds from start to end, processor seconds, bytes (0: not known).
  uint32_t elapsed;
  uint64_t cpu_seconds, peak_bytes;
};

/// The version of this header. A library with another one is not used.
#define CSLURM_INTERFACE 2

/// All functions. The library exports this table as `jobmon_slurm_functions`.
struct cslurm_functions {
  /// `CSLURM_INTERFACE`, as of the library.
  uint32_t interface;
  /// Reads the configuration. If there is none, the library tries for one minute and then ends the process.
  void (*start)(void);
  /// The release that this was built against: 22.5.8 is 0x160508.
  uint32_t (*release)(void);
  const char *(*error_text)(int error);
  enum cslurm_meaning (*meaning_of)(int error);
  int (*load_limits)(struct cslurm_limits *limits);
  int (*each_partition)(void *context, void (*found)(void *context, const struct cslurm_partition *));
  int (*each_node)(void *context, void (*found)(void *context, const struct cslurm_node *));
  /// - message: what the controller says in addition to the error, or about an accepted job.
  int (*submit)(const struct cslurm_submission *submission, uint32_t *job, char *message, size_t message_size);
  int (*each_job)(uid_t user, void *context, void (*found)(void *context, const struct cslurm_job *));
  /// Whether the record of pending members covers this one, and one more than the highest member that it covers.
  bool (*has_task)(const struct cslurm_job *job, uint32_t task);
  uint32_t (*task_end)(const struct cslurm_job *job);
  /// The accounting records (slurmdbd) of these jobs and arrays since a time (seconds since 1970): one per member, with
  /// how it ended. They lag behind the controller.
  int (*each_account)(const char *cluster, const uint32_t *jobs, uint32_t job_count, int64_t since, void *context, void (*found)(void *context, const struct cslurm_job *));
  /// The state in the words of squeue(1), including flags.
  const char *(*state_text)(uint32_t state);
  /// Ends jobs: `12`, `12_7`, `12_[1,3-5]`.
  int (*cancel)(const char *job);
};

#endif
