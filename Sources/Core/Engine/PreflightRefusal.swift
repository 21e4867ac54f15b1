import JobmonModel

/// Why a run is refused before anything starts: faults of the run, its tasks or its clusters.
package enum PreflightRefusal: RefusalReason, Hashable {
  /// A task's request is larger than the cluster can ever provide, by its backend or its queues.
  case cannotRun(task: String, cluster: String, reason: String)
  /// A compute resource that the cluster does not know, and where it is given.
  case unknownResource(String, owner: String, cluster: String, nearest: String?, known: [String])
  /// An interrupt is to leave tasks running, but they end with jobmon.
  case cannotLeave(cluster: String)
  case workingDirectory(String, reason: String)
  case logFolder(String, reason: String)
  /// A cluster with simulated time is used together with others.
  case mixedClocks(simulated: String, others: [String])
  /// There is no program that answers a callback.
  case noResolver(callback: String)
  /// The engine's recording cannot be written.
  case recorder(path: String, reason: String)
}

/// A fault in a well-formed message of the program that controls a run.
package enum ControlFault: RefusalReason, Hashable {
  case noID
  case noAnswer
  case unknownType(String)
}

extension PreflightRefusal {
  package var code: RunRefusal.Code {
    if case .unknownResource = self { .invalidFile } else { .invalidUsage }
  }

  package var advice: Advice? {
    switch self {
    case .cannotLeave: .cancelOnInterrupt
    case .logFolder: .chooseLogFolder
    case .mixedClocks: .chooseOneCluster
    case .noResolver: .answerCallbacks
    case .cannotRun, .unknownResource, .workingDirectory, .recorder: nil
    }
  }

  package var message: String {
    switch self {
    case .cannotRun(let task, let cluster, let reason):
      "task '\(task)' cannot run on cluster \(cluster): \(reason)"
    case .unknownResource(let key, let owner, let cluster, let nearest, let known):
      "\(owner): the compute resources of cluster \(cluster) have no key '\(key)'; "
        + (nearest.map { "did you mean '\($0)'?" } ?? "the keys are \(known.joined(separator: ", "))")
    case .cannotLeave(let cluster): "tasks on cluster \(cluster) end with jobmon and cannot be left running"
    case .workingDirectory(let folder, let reason):
      "commands cannot run in the working directory \(folder): \(reason); create it or allow access to it, or set "
        + "another with working_directory in the workflow file"
    case .logFolder(let folder, let reason): "log files cannot be written to \(folder): \(reason)"
    case .mixedClocks(let simulated, let others):
      "cluster \(simulated) runs in simulated time and cannot be combined with "
        + others.joined(separator: ", ")
    case .noResolver(let callback): "tasks compute their resources with the callback '\(callback)'"
    case .recorder(let path, let reason): "JOBMON_RECORD: \(path) cannot be written: \(reason)"
    }
  }
}

extension ControlFault {
  package var code: RunRefusal.Code { .invalidFile }

  package var message: String {
    switch self {
    case .noID: "an answer needs the id of its question"
    case .noAnswer: "an answer needs resources, or an error"
    case .unknownType(let type): "there is no message of type '\(type)'; the types are resolved, stop"
    }
  }
}
