import Foundation
import JobmonCore

/// A function that computes a task's request when it becomes ready, or after a resource has run out.
///
/// The name is stored with the workflow: a program that resumes the workflow must use the same names. Different
/// callbacks of a workflow must have different names. One callback may be used any number of times.
public final class ResourceCallback: Sendable {
  /// The name with which it is stored, and found on a resume; unique in a workflow.
  public let name: String
  let compute: @Sendable (ResourceQuestion) async throws -> ComputeResources

  /// Creates a callback.
  ///
  /// - Parameters:
  ///   - name: unique among the callbacks of a workflow.
  ///   - compute: its result overrides values of the question's request. For a question with
  ///     ``ResourceQuestion/ranOut``, only that resource is used. An error, or no answer within five minutes, makes the
  ///     task FATAL. It is called on separate threads, several at a time, and may block.
  public init(
    _ name: String, _ compute: @escaping @Sendable (ResourceQuestion) async throws -> ComputeResources
  ) {
    self.name = name
    self.compute = compute
  }
}

/// Runs callbacks on separate threads.
///
/// A run blocks its calling thread. If that is one of the few threads on which Swift runs asynchronous code, the
/// callbacks for which the run waits might never get a thread. This was observed on two cores, with two runs at a time.
final class CallbackExecutor: TaskExecutor {
  static let shared = CallbackExecutor()
  private let queue = DispatchQueue(label: "jobmon.callbacks", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// The callbacks of one level of a definition: a tool, a workflow, a template or a task.
struct LevelCallbacks {
  let resources: ResourceCallback?
  let scales: [ScalableResource: ResourceCallback]

  var all: [ResourceCallback] { (resources.map { [$0] } ?? []) + scales.values }

  /// The level's settings, with the names of the callbacks inserted.
  func named(in settings: TaskSettings) -> TaskSettings {
    var settings = settings
    if let resources {
      settings.computeResources[TaskSettings.anyCluster, default: ComputeResources()].callback =
        resources.name
    }
    for (resource, callback) in scales {
      settings.resourceScales[TaskSettings.anyCluster, default: [:]][resource] = .callback(callback.name)
    }
    return settings
  }
}
