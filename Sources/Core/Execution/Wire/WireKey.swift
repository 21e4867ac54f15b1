/// The keys of all messages, as documented in docs/plugin-protocol.md.
enum WireKey: String, CodingKey {
  case jsonrpc, id, method, params, result, error, code, message, data
  case min, max, cluster, options, run, environment, attempt
  case protocolVersions = "protocol"
  case tokenPrefix = "token_prefix"
  case workingDirectory = "working_directory"
  case killGrace = "kill_grace"
  case restarts
  case requests, instances, batches, mode, call, verdicts
  case token, template, resources, tasks, index, instance, name, command, node, attributes, waits, places
  case stdout, stderr, cores, memory, runtime, queue, project, constraints, other, cancel, handle
  case health, state, why, queues, capabilities, placement, nodes, by, type, description
  case resourceKeys = "resource_keys"
  case maxBatch = "max_batch"
  case maxOutstanding = "max_outstanding"
  case maxCores = "max_cores"
  case maxMemory = "max_memory"
  case maxRuntime = "max_runtime"
  case isDefault = "default"
  case outlivesDriver = "outlives_driver"
  case verdict, after, more, at, reason, outcome, usage, level, text, permanent
  case logDiskFull = "log_disk_full"
  case cause, signal, started, ended, wall, cpu
  case peakMemory = "peak_memory"
}
