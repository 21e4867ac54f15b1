import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore
import OSText

/// Values that a shell offers for completion. A shell shows no errors while completing, so unreadable sources offer
/// nothing.
enum Completions {
  /// The maximum number of workflows offered, newest first.
  private static let mostWorkflows = 100

  /// Ids of the user's workflows.
  static let workflows = CompletionKind.custom { words, _, _ in
    guard let store = try? StoreOptions.parse(stated(words)).queries(),
      let rows = try? store.workflows(WorkflowFilter(users: [CurrentUser.name], limit: mostWorkflows))
    else { return [] }
    return rows.map { String($0.id) }
  }

  /// Names of clusters in the registry.
  static let clusters = CompletionKind.custom { words, _, _ in
    let named = words.lastIndex(of: "--plugins").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    // ArgumentParser prints them unchanged.
    return ((try? PluginRegistry.standard(file: named).names) ?? []).filter { VisibleText.line($0) == $0 }
  }

  /// The store options among words that may be incomplete.
  private static func stated(_ words: [String]) -> [String] {
    ["--database", "--config"].flatMap { name in
      words.lastIndex(of: name).flatMap { $0 + 1 < words.count ? [name, words[$0 + 1]] : nil } ?? []
    }
  }
}
