import Foundation
import JobmonCore

/// Recovery of what earlier drivers of the workflow left behind.
extension LocalExecutor {
  /// Ends the processes of earlier attempts and answers `absent` when none is left. A local command is never taken
  /// over, because its outcome could not be learned.
  public func recover(_ batches: [RecoverableBatch]) {
    guard let opened = state.withLock({ $0.opened }) else { return }
    let own = opened.context.tokenPrefix
    let prefixes = Set(batches.map { Self.prefix(of: $0.token) }).subtracting([own])
    let tokens = Set(batches.flatMap { batch in batch.instances.map { "\(batch.token).\($0.index)" } })
    let grace = opened.context.killGrace
    Thread.detachNewThread(in: activity) { [self] in
      KillPoint.reached("local.recover.before")
      let search = OrphanSearch(tokens: tokens, prefixes: prefixes, grace: grace) {
        self.state.withLock { !$0.isLeaving && !$0.isGivenUp }
      }
      guard search.endAll(warn: { opened.events.post(.log(.warning, $0)) }) else { return }
      KillPoint.reached("local.recover.after")
      opened.events.post(
        batches.flatMap { batch in batch.instances.map { .recovered($0.instance, .absent) } })
    }
  }

  /// The common prefix of all tokens of a batch's run.
  private static func prefix(of token: String) -> String {
    token.lastIndex(of: "-").map { String(token[..<$0]) } ?? token
  }
}

extension Thread {
  fileprivate static func detachNewThread(in group: DispatchGroup, _ work: @escaping @Sendable () -> Void) {
    group.enter()
    detachNewThread {
      work()
      group.leave()
    }
  }
}
