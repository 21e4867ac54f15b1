import Foundation
import JobmonCore

/// A function that computes what a task asks for, when it becomes ready or when a resource has run out.
///
/// The name is stored with the workflow: a workflow that is made again to be resumed has to give the same names.
public struct ResourceCallback: Sendable {
  public let name: String
  let compute: @Sendable (ResourceQuestion) async throws -> ComputeResources

  /// - Parameter compute: what it sets goes over the question's request. Of an answer to
  ///   ``ResourceQuestion/ranOut`` only that resource counts. An error, or no answer within five minutes, makes the task
  ///   FATAL. Called from any thread.
  public init(
    _ name: String, _ compute: @escaping @Sendable (ResourceQuestion) async throws -> ComputeResources
  ) {
    self.name = name
    self.compute = compute
  }
}

/// Answers by closures.
struct ClosureResolver: ResourceResolver {
  let callbacks: [String: ResourceCallback]

  func resolve(_ question: ResourceQuestion, answer: @escaping @Sendable (ResolvedResources) -> Void) {
    guard let callback = callbacks[question.callback] else {
      return answer(.failed("this program has no callback of that name"))
    }
    Task {
      do { answer(.resources(try await callback.compute(question))) } catch { answer(.failed("\(error)")) }
    }
  }
}
