import Foundation
import JobmonCore

/// A function that computes what a task asks for, when it becomes ready or when a resource has run out.
///
/// The name is stored with the workflow: a workflow that is made again to be resumed has to give the same names. Two
/// callbacks of one workflow have two names; one may be used any number of times.
public final class ResourceCallback: Sendable {
  /// What it is stored by, and found by on a resume: unique in a workflow.
  public let name: String
  let compute: @Sendable (ResourceQuestion) async throws -> ComputeResources

  /// - Parameters:
  ///   - name: unique among the callbacks of a workflow.
  ///   - compute: what it sets goes over the question's request. Of an answer to ``ResourceQuestion/ranOut`` only that
  ///     resource counts. An error, or no answer within five minutes, makes the task FATAL. Called on threads of its
  ///     own, several at a time; it may block.
  public init(
    _ name: String, _ compute: @escaping @Sendable (ResourceQuestion) async throws -> ComputeResources
  ) {
    self.name = name
    self.compute = compute
  }
}

/// Runs callbacks on threads of their own.
///
/// A run blocks the thread that called it. Where that is one of the few threads that Swift runs asynchronous code on, the
/// callbacks that the run waits for would never get one: seen on two cores, in two runs at a time.
final class CallbackExecutor: TaskExecutor {
  static let shared = CallbackExecutor()
  private let queue = DispatchQueue(label: "jobmon.callbacks", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// The callbacks that one level of a definition gives: a tool, a workflow, a template or a task.
struct LevelCallbacks {
  let resources: ResourceCallback?
  let scales: [ScalableResource: ResourceCallback]

  var all: [ResourceCallback] { (resources.map { [$0] } ?? []) + scales.values }

  /// The level's settings with the callbacks' names in them.
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
