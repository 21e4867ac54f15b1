#define _GNU_SOURCE
#include "CSlurm.h"

#include <errno.h>
#include <fcntl.h>
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#include <slurm/slurmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __has_include
#if __has_include(<slurm/slurm_version.h>)
#include <slurm/slurm_version.h>
#endif
#endif

// The releases differ here. Compiled against the headers of 22.05, 23.11, 24.11, 25.11 and 26.05.
#define SINCE(major, minor) (SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(major, minor, 0))

// Exported by libslurm for its own commands, but declared in no header.
extern char *slurm_job_state_string(uint32_t state);
extern int slurm_bit_test(bitstr_t *bits, int64_t bit);
extern int64_t slurm_bit_size(bitstr_t *bits);
#if SINCE(24, 11)
extern char *slurm_job_state_reason_string(int reason);
#else
extern char *slurm_job_reason_string(int reason);
#define slurm_job_state_reason_string slurm_job_reason_string
#endif
#if !SINCE(23, 11)
extern int slurm_acct_storage_init(void);
#endif

// Generic resources were written "gres:gpu:1" until 23.02, and "gres/gpu:1" from 23.11 on.
#if SINCE(23, 11)
#define GRES_PREFIX "gres/"
#else
#define GRES_PREFIX "gres:"
#endif

#if SINCE(26, 5)
#define slurm_free_ctl_conf slurm_free_conf
#endif

static int failure(void) {
#if SINCE(24, 11)
  int error = errno;
#else
  int error = slurm_get_errno();
#endif
  return error ? error : EIO;
}

static void start(void) { slurm_init(NULL); }

static uint32_t release(void) { return SLURM_VERSION_NUMBER; }

static const char *error_text(int error) { return slurm_strerror(error); }

static enum cslurm_meaning meaning_of(int error) {
  switch (error) {
  case EAGAIN:
    return CSLURM_FULL;
  case ESLURM_ACCOUNTING_POLICY:
  case ESLURM_QOS_THRES:
    return CSLURM_LIMIT;
  // The library did not reach the controller, or the controller is not the one in charge or is busy. sbatch(1) waits
  // and retries these errors by itself; the library does not.
  case SLURM_COMMUNICATIONS_CONNECTION_ERROR:
  case SLURMCTLD_COMMUNICATIONS_CONNECTION_ERROR:
  case SLURM_PROTOCOL_AUTHENTICATION_ERROR:
  case ESLURM_AUTH_CRED_INVALID:
  case ESLURM_AUTH_BADARG:
  case ESLURM_AUTH_UNPACK:
#if SINCE(24, 11)
  case ESLURM_AUTH_EXPIRED:
#elif !SINCE(23, 11)
  case ESLURM_AUTH_NET_ERROR:
  case ESLURM_AUTH_UNABLE_TO_SIGN:
#endif
  case ESLURM_IN_STANDBY_MODE:
  case ESLURM_IN_STANDBY_USE_BACKUP:
#if !SINCE(26, 5)
  case ESLURM_ERROR_ON_DESC_TO_RECORD_COPY:
#endif
  case ESLURM_NODES_BUSY:
  case ESLURM_DB_CONNECTION:
  case ECONNREFUSED:
  case ETIMEDOUT:
    return CSLURM_TEMPORARY;
  case ESLURM_PARTITION_NOT_AVAIL:
  case ESLURM_PARTITION_DOWN:
  case ESLURM_NODE_NOT_AVAIL:
  case ESLURM_RESERVATION_BUSY:
  case ESLURM_RESERVATION_NOT_USABLE:
  case ESLURM_DISABLED:
  case ESLURM_BURST_BUFFER_WAIT:
    return CSLURM_PASSING;
  case SLURM_COMMUNICATIONS_SEND_ERROR:
  case SLURM_COMMUNICATIONS_RECEIVE_ERROR:
  case SLURM_COMMUNICATIONS_SHUTDOWN_ERROR:
  case SLURMCTLD_COMMUNICATIONS_SEND_ERROR:
  case SLURMCTLD_COMMUNICATIONS_RECEIVE_ERROR:
  case SLURMCTLD_COMMUNICATIONS_SHUTDOWN_ERROR:
#if !SINCE(23, 11)
  case SLURM_PROTOCOL_SOCKET_IMPL_ZERO_RECV_LENGTH:
  case SLURM_PROTOCOL_SOCKET_IMPL_NEGATIVE_RECV_LENGTH:
  case SLURM_PROTOCOL_SOCKET_IMPL_NOT_ALL_DATA_SENT:
#endif
  case SLURM_PROTOCOL_SOCKET_IMPL_TIMEOUT:
  case SLURM_PROTOCOL_SOCKET_ZERO_BYTES_SENT:
  case ESLURM_PROTOCOL_INCOMPLETE_PACKET:
  case EIO:
    return CSLURM_UNKNOWN;
  default:
    return CSLURM_PERMANENT;
  }
}

static uint32_t limit(uint32_t value) { return value == NO_VAL || value == INFINITE ? CSLURM_NONE : value; }

static int load_limits(struct cslurm_limits *limits) {
  slurm_conf_t *conf = NULL;
  if (slurm_load_ctl_conf((time_t)0, &conf) != SLURM_SUCCESS) return failure();
  memset(limits, 0, sizeof *limits);
  snprintf(limits->cluster, sizeof limits->cluster, "%s", conf->cluster_name ? conf->cluster_name : "");
  snprintf(limits->version, sizeof limits->version, "%s", conf->version ? conf->version : "");
  limits->max_array_size = conf->max_array_sz;
  limits->max_array_tasks = CSLURM_NONE;
  const char *tasks = conf->sched_params ? strstr(conf->sched_params, "max_array_tasks=") : NULL;
  if (tasks) limits->max_array_tasks = (uint32_t)strtoul(tasks + strlen("max_array_tasks="), NULL, 10);
  limits->max_job_count = conf->max_job_cnt;
  limits->min_job_age = conf->min_job_age;
  limits->kill_wait = conf->kill_wait;
  limits->message_timeout = conf->msg_timeout;
  limits->has_accounting =
      conf->accounting_storage_type && strcmp(conf->accounting_storage_type, "accounting_storage/slurmdbd") == 0;
  slurm_free_ctl_conf(conf);
  return 0;
}

static int each_partition(void *context, void (*found)(void *, const struct cslurm_partition *)) {
  partition_info_msg_t *message = NULL;
  if (slurm_load_partitions((time_t)0, &message, SHOW_ALL) != SLURM_SUCCESS) return failure();
  for (uint32_t i = 0; i < message->record_count; i++) {
    const partition_info_t *own = &message->partition_array[i];
    struct cslurm_partition partition = {
        .name = own->name,
        .is_default = (own->flags & PART_FLAG_DEFAULT) != 0,
        .max_minutes = limit(own->max_time),
        .max_cores_per_node = limit(own->max_cpus_per_node),
        .nodes = own->nodes ? own->nodes : "",
    };
    found(context, &partition);
  }
  slurm_free_partition_info_msg(message);
  return 0;
}

static int each_node(void *context, void (*found)(void *, const struct cslurm_node *)) {
  node_info_msg_t *message = NULL;
  if (slurm_load_node((time_t)0, &message, SHOW_ALL) != SLURM_SUCCESS) return failure();
  // The controller sends nodes without their partitions.
  partition_info_msg_t *partitions = NULL;
  if (slurm_load_partitions((time_t)0, &partitions, SHOW_ALL) != SLURM_SUCCESS) {
    int error = failure();
    slurm_free_node_info_msg(message);
    return error;
  }
  slurm_populate_node_partitions(message, partitions);
  slurm_free_partition_info_msg(partitions);
  for (uint32_t i = 0; i < message->record_count; i++) {
    const node_info_t *own = &message->node_array[i];
    if (!own->name) continue;  // the record of a node that was removed
    struct cslurm_node node = {
        .name = own->name,
        .cores = own->cpus,
        .memory_mib = own->real_memory,
        .partitions = own->partitions ? own->partitions : "",
    };
    found(context, &node);
  }
  slurm_free_node_info_msg(message);
  return 0;
}

/// "a:1,b" as "gres:a:1,gres:b".
static char *prefixed(const char *prefix, const char *list) {
  size_t count = 1;
  for (const char *c = list; *c; c++) count += *c == ',';
  char *text = malloc(strlen(list) + count * strlen(prefix) + 1);
  char *end = text;
  for (const char *c = list; *c;) {
    end = stpcpy(end, prefix);
    while (*c && *c != ',') *end++ = *c++;
    if (*c) *end++ = *c++;
  }
  *end = 0;
  return text;
}

/// Returns memory to free after the submission, or NULL.
static char *set(job_desc_msg_t *job, const char *name, const char *value) {
  char *text = (char *)value;
  if (!strcmp(name, "comment")) job->comment = text;
  else if (!strcmp(name, "deadline")) job->deadline = (time_t)strtoll(value, NULL, 10);
  else if (!strcmp(name, "exclude")) job->exc_nodes = text;
  else if (!strcmp(name, "exclusive")) job->shared = strcmp(value, "true") ? 1 : 0;
  else if (!strcmp(name, "licenses")) job->licenses = text;
  else if (!strcmp(name, "mail-user")) {
    job->mail_user = text;
    job->mail_type = MAIL_JOB_FAIL;
  } else if (!strcmp(name, "nice")) job->nice = NICE_OFFSET + (uint32_t)strtol(value, NULL, 10);
  else if (!strcmp(name, "nodelist")) job->req_nodes = text;
  else if (!strcmp(name, "prefer")) job->prefer = text;
  else if (!strcmp(name, "priority")) job->priority = (uint32_t)strtoul(value, NULL, 10);
  else if (!strcmp(name, "qos")) job->qos = text;
  else if (!strcmp(name, "reservation")) job->reservation = text;
  else if (!strcmp(name, "tmp")) job->pn_min_tmp_disk = (uint32_t)strtoul(value, NULL, 10);
  else if (!strcmp(name, "wckey")) job->wckey = text;
  else if (!strcmp(name, "gres")) return job->tres_per_node = prefixed(GRES_PREFIX, value);
  else if (!strcmp(name, "gpus")) return job->tres_per_job = prefixed(GRES_PREFIX "gpu:", value);
  return NULL;
}

// A site's reason for rejecting a job reaches this process only as a line of the library's log on standard error:
// "program: error: reason". While the log is captured, standard error is a file in memory.
struct taken_log {
  int file;
  int previous;
};

static struct taken_log take_log(void) {
  struct taken_log log = {.file = memfd_create("log", MFD_CLOEXEC), .previous = fcntl(2, F_DUPFD_CLOEXEC, 3)};
  fflush(stderr);
  if (log.file >= 0 && log.previous >= 0) dup2(log.file, 2);
  return log;
}

/// Restores standard error and writes the captured text to it, at most 4095 bytes. Stores the errors found in that text,
/// joined by "; ".
static void end_log(struct taken_log log, char *errors, size_t size) {
  if (size) errors[0] = 0;
  if (log.file >= 0 && log.previous >= 0) {
    fflush(stderr);
    dup2(log.previous, 2);
    static const char mark[] = "error: ";
    char text[4096];
    ssize_t count = pread(log.file, text, sizeof text - 1, 0);
    if (count > 0) {
      (void)!write(2, text, (size_t)count);
      text[count] = 0;
      char *rest = NULL;
      for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        char *found = strstr(line, mark);
        size_t used = strlen(errors);
        if (found) snprintf(errors + used, size - used, "%s%s", used ? "; " : "", found + sizeof mark - 1);
      }
    }
  }
  if (log.file >= 0) close(log.file);
  if (log.previous >= 0) close(log.previous);
}

/// The id of a submitted job. Its type tells which of two structures the release has: one that begins with the job's
/// id, followed by a number as step_id, or one whose step_id is a structure with the job's id.
static uint32_t job_of(const submit_response_msg_t *response) {
  return _Generic(
      response->step_id, uint32_t: *(const uint32_t *)response,
      default: ((const slurm_step_id_t *)&response->step_id)->job_id);
}

static int submit(const struct cslurm_submission *submission, uint32_t *id, char *message, size_t message_size) {
  job_desc_msg_t job;
  slurm_init_job_desc_msg(&job);
  job.name = (char *)submission->name;
  job.comment = (char *)submission->comment;
  job.script = (char *)submission->script;
  job.work_dir = (char *)submission->directory;
  job.std_in = "/dev/null";
  job.std_out = (char *)submission->output;
  job.std_err = (char *)submission->output;
  job.open_mode = OPEN_MODE_APPEND;  // all members write to one file
  job.array_inx = (char *)submission->array;
  job.environment = (char **)submission->environment;
  job.env_size = submission->environment_count;
  job.partition = (char *)submission->partition;
  job.account = (char *)submission->account;
  job.features = (char *)submission->constraints;
  job.user_id = geteuid();
  job.group_id = getegid();
  job.min_nodes = job.max_nodes = 1;
  job.num_tasks = 1;
  job.min_cpus = job.pn_min_cpus = submission->cores;
  job.cpus_per_task = submission->cores;
  if (submission->memory_mib) job.pn_min_memory = submission->memory_mib;
  if (submission->minutes) job.time_limit = submission->minutes;
  job.requeue = submission->requeue ? 1 : 0;
  if (submission->warn_seconds) {
    job.warn_signal = 12;  // SIGUSR2
    job.warn_time = submission->warn_seconds;
    job.warn_flags = KILL_JOB_BATCH;
  }
  char *made[64];
  uint32_t count = 0;
  for (uint32_t i = 0; i < submission->attribute_count && count < 64; i++) {
    char *text = set(&job, submission->attribute_names[i], submission->attribute_values[i]);
    if (text) made[count++] = text;
  }

  submit_response_msg_t *response = NULL;
  struct taken_log log = take_log();
  errno = 0;
  int error = slurm_submit_batch_job(&job, &response) == SLURM_SUCCESS ? 0 : failure();
  end_log(log, message, message_size);
  for (uint32_t i = 0; i < count; i++) free(made[i]);
  if (!error && message_size) message[0] = 0;
  if (response) {
    if (!error) *id = job_of(response);
    if (response->job_submit_user_msg) snprintf(message, message_size, "%s", response->job_submit_user_msg);
    slurm_free_submit_response_response_msg(response);
  }
  return error;
}

static int each_job(uid_t user, void *context, void (*found)(void *, const struct cslurm_job *)) {
  job_info_msg_t *message = NULL;
  // SHOW_ALL: includes partitions that are hidden from this user.
  if (slurm_load_job_user(&message, user, SHOW_ALL) != SLURM_SUCCESS) {
    int error = failure();
    // These errors mean that the user has no jobs.
    if (error == ESLURM_INVALID_JOB_ID || error == ESLURM_USER_ID_MISSING) return 0;
    return error;
  }
  for (uint32_t i = 0; i < message->record_count; i++) {
    const slurm_job_info_t *own = &message->job_array[i];
    struct cslurm_job job = {
        .id = own->job_id,
        .array = own->array_job_id,
        .task = own->array_task_id == NO_VAL ? CSLURM_NONE : own->array_task_id,
        .state = own->job_state,
        .restarts = own->restart_cnt,
        .exit_status = own->exit_code,
        .submitted = own->submit_time,
        .started = own->start_time,
        .ended = own->end_time,
        .name = own->name ? own->name : "",
        .nodes = own->nodes ? own->nodes : "",
        .partition = own->partition ? own->partition : "",
        .reason = slurm_job_state_reason_string((int)own->state_reason),
        .explanation = own->state_desc ? own->state_desc : "",
        .tasks = own->array_bitmap,
    };
    found(context, &job);
  }
  slurm_free_job_info_msg(message);
  return 0;
}

static bool has_task(const struct cslurm_job *job, uint32_t task) {
  bitstr_t *tasks = (bitstr_t *)job->tasks;
  return tasks && (int64_t)task < slurm_bit_size(tasks) && slurm_bit_test(tasks, task);
}

static uint32_t task_end(const struct cslurm_job *job) {
  return job->tasks ? (uint32_t)slurm_bit_size((bitstr_t *)job->tasks) : 0;
}

/// The peak memory of a job: the maximum over its steps; 0 if it was not measured.
static uint64_t peak_of(slurmdb_job_rec_t *job) {
  static const char memory[] = "2=";  // the id of memory among the trackable resources (fixed)
  uint64_t peak = 0;
  if (!job->steps) return 0;
  struct listIterator *iterator = slurm_list_iterator_create(job->steps);
  for (slurmdb_step_rec_t *step; (step = slurm_list_next(iterator));) {
    for (const char *part = step->stats.tres_usage_in_max; part; part = strchr(part, ',')) {
      if (*part == ',') part++;
      if (strncmp(part, memory, sizeof memory - 1)) continue;
      uint64_t bytes = strtoull(part + sizeof memory - 1, NULL, 10);
      if (bytes != INFINITE64 && bytes != NO_VAL64 && bytes > peak) peak = bytes;
    }
  }
  slurm_list_iterator_destroy(iterator);
  return peak;
}

static int each_account(
    const char *cluster, const uint32_t *ids, uint32_t count, int64_t since, void *context,
    void (*found)(void *, const struct cslurm_job *)) {
#if !SINCE(23, 11)
  if (slurm_acct_storage_init() != SLURM_SUCCESS) return failure();
#endif
  uint16_t flags = 0;
  void *connection = slurmdb_connection_get(&flags);
  if (!connection) return failure();
  slurmdb_job_cond_t condition;
  memset(&condition, 0, sizeof condition);
  condition.db_flags = SLURMDB_JOB_FLAG_NOTSET;
  condition.flags = JOBCOND_FLAG_NO_TRUNC;
  condition.usage_start = (time_t)since;
  condition.usage_end = time(NULL);
  condition.cluster_list = slurm_list_create(free);
  slurm_list_append(condition.cluster_list, strdup(cluster));
  condition.step_list = slurm_list_create(free);
  for (uint32_t i = 0; i < count; i++) {
    slurm_selected_step_t *job = calloc(1, sizeof *job);
    job->array_task_id = job->het_job_offset = NO_VAL;
    job->step_id.job_id = ids[i];
    job->step_id.step_id = job->step_id.step_het_comp = NO_VAL;
    slurm_list_append(condition.step_list, job);
  }
  errno = 0;
  struct xlist *jobs = slurmdb_jobs_get(connection, &condition);
  int error = jobs ? 0 : failure();
  if (jobs) {
    struct listIterator *iterator = slurm_list_iterator_create(jobs);
    for (slurmdb_job_rec_t *own; (own = slurm_list_next(iterator));) {
      struct cslurm_job job = {
          .id = own->jobid,
          .array = own->array_job_id,
          .task = own->array_task_id == NO_VAL ? CSLURM_NONE : own->array_task_id,
          .state = own->state,
          .exit_status = own->exitcode,
          .submitted = own->submit,
          .started = own->start,
          .ended = own->end,
          .name = own->jobname ? own->jobname : "",
          .nodes = own->nodes ? own->nodes : "",
          .partition = own->partition ? own->partition : "",
          .reason = "",
          .explanation = "",
          .elapsed = own->elapsed,
          .cpu_seconds = own->tot_cpu_sec,
          .peak_bytes = peak_of(own),
      };
      found(context, &job);
    }
    slurm_list_iterator_destroy(iterator);
    slurm_list_destroy(jobs);
  }
  slurm_list_destroy(condition.cluster_list);
  slurm_list_destroy(condition.step_list);
  slurmdb_connection_close(&connection);
  return error;
}

static const char *state_text(uint32_t state) { return slurm_job_state_string(state); }

static int cancel(const char *job) {
  return slurm_kill_job2(job, 9, 0, NULL) == SLURM_SUCCESS ? 0 : failure();
}

const struct cslurm_functions jobmon_slurm_functions = {
    .interface = CSLURM_INTERFACE,
    .start = start,
    .release = release,
    .error_text = error_text,
    .meaning_of = meaning_of,
    .load_limits = load_limits,
    .each_partition = each_partition,
    .each_node = each_node,
    .submit = submit,
    .each_job = each_job,
    .has_task = has_task,
    .task_end = task_end,
    .each_account = each_account,
    .state_text = state_text,
    .cancel = cancel,
};
