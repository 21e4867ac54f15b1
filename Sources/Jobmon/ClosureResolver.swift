import JobmonCore

/// Answers questions by calling closures.
struct ClosureResolver: ResourceResolver {
  let callbacks: [String: ResourceCallback]

  func resolve(_ question: ResourceQuestion, answer: @escaping @Sendable (ResolvedResources) -> Void) {
    guard let callback = callbacks[question.callback] else {
      return answer(.failed("this program has no callback of that name"))
    }
    Task(executorPreference: CallbackExecutor.shared) {
      do { answer(.resources(try await callback.compute(question))) } catch { answer(.failed("\(error)")) }
    }
  }
}
