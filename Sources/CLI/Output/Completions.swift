import ArgumentParser
import BuiltinPlugins
import Foundation
import JobmonCore
import OSText

/// What a shell offers where a value has to be looked up. A shell that completes says no errors: what cannot be read offers
/// nothing.
enum Completions {
  /// Workflows that a shell is offered at most, the newest.
  private static let mostWorkflows = 100

  /// Ids of workflows of the user.
  static let workflows = CompletionKind.custom { words, _, _ in
    guard let store = try? StoreOptions.parse(stated(words)).queries(),
      let rows = try? store.workflows(WorkflowFilter(users: [CurrentUser.name], limit: mostWorkflows))
    else { return [] }
    return rows.map { String($0.id) }
  }

  /// Names of clusters in the registry.
  static let clusters = CompletionKind.custom { words, _, _ in
    let named = words.lastIndex(of: "--plugins").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    // ArgumentParser prints them as they are.
    return ((try? PluginRegistry.standard(file: named).names) ?? []).filter { VisibleText.line($0) == $0 }
  }

  /// The options of the store among words that may not be complete.
  private static func stated(_ words: [String]) -> [String] {
    ["--database", "--config"].flatMap { name in
      words.lastIndex(of: name).flatMap { $0 + 1 < words.count ? [name, words[$0 + 1]] : nil } ?? []
    }
  }
}
