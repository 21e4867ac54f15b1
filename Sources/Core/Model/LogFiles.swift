import Foundation
import GuardedFiles
import OSText

/// Where a task instance's standard output and error go: a function of what the store keeps, so that no path has to
/// be stored.
public struct LogFiles: Hashable, Sendable {
  /// The longest part of a task's name in a file name, and of a template's in a folder name, in bytes: ext4 allows 255
  /// for the whole.
  public static let longestName = 180

  /// The path of the standard output file; absolute as long as the log folder is.
  public var stdout: String
  /// The path of the standard error file; absolute as long as the log folder is.
  public var stderr: String
  /// The file that the command may write attributes of its task to. It stands apart from the logs, in a folder that is
  /// empty for the most part, since it is looked for after every attempt; where the logs have a folder of their own, which
  /// may be on the nodes alone, it is beside them.
  public var attributes: String

  /// - Parameters:
  ///   - logs: the run's log folder.
  ///   - storeID: the store's UUID; its first 6 hex digits tell equal workflow ids apart.
  ///   - task: index of the task in the workflow; a folder holds a thousand.
  ///   - request: its `stdout` and `stderr` name folders that are used instead; a relative one counts from
  ///     `workingDirectory`.
  public init(
    logs: String, workflow: WorkflowID, storeID: String, template: String, task: TaskIndex, name: String,
    instance: TaskInstanceID, request: ResourceRequest, workingDirectory: String
  ) {
    let short = Self.cut(name)
    // Templates of one beginning may share a folder: their files differ by the instance.
    let folder =
      Self.folder(logs: logs, workflow: workflow, storeID: storeID)
      + "/\(Self.cut(template))/\(task / 1000)"
    func file(_ other: String?) -> String {
      guard let other else { return folder }
      return other.hasPrefix("/") ? other : workingDirectory + "/" + other
    }
    stdout = "\(file(request.stdout))/\(short).o\(instance)"
    stderr = "\(file(request.stderr))/\(short).e\(instance)"
    attributes =
      request.stdout.map { "\(file($0))/\(short).a\(instance)" }
      ?? Self.attributeFolder(logs: logs, workflow: workflow, storeID: storeID) + "/a\(instance)"
  }

  /// A name, cut to ``longestName`` between two characters; within one that is longer than that by itself.
  static func cut(_ name: String) -> String {
    guard name.utf8.count > longestName else { return name }
    var length = 0
    let whole = name.prefix { character in
      length += character.utf8.count
      return length <= longestName
    }
    if !whole.isEmpty { return String(whole) }
    length = 0
    let scalars = name.unicodeScalars.prefix { scalar in
      length += UTF8.width(scalar)
      return length <= longestName
    }
    return String(scalars)
  }

  /// The path of a log file; nil where there is none: the command has written nothing, or was never started (what another
  /// user has put there then is none of ours), or the file was removed. While an attempt has not ended, where it will be.
  ///
  /// A folder that a task names may be on its node alone: where it is not here, nothing is known of its files.
  ///
  /// - Parameter cause: how the attempt ended (``Cause/word``); nil while it has not.
  package static func kept(_ path: String, cause: String?) -> String? {
    guard let cause else { return path }
    let found = OSFile.status(path, followsLinks: false)
    if cause == Cause.launchFailure.word {
      guard let found, found.st_mode & S_IFMT == S_IFREG, found.st_uid == geteuid() else { return nil }
      return path
    }
    guard found == nil, errno == ENOENT || errno == ENOTDIR else { return path }
    let folder = LogPath.split(path).folder
    if LogPath.home(of: folder) != folder { return nil }
    return OSFile.status(folder) == nil ? path : nil
  }

  /// The files of the command that a workflow runs at the end of a run (`on_finish`).
  ///
  /// - Parameter folder: the workflow's.
  package static func finish(of run: WorkflowRunID, in folder: String) -> (stdout: String, stderr: String) {
    ("\(folder)/on_finish.o\(run)", "\(folder)/on_finish.e\(run)")
  }

  /// The folder of a workflow's attribute files.
  package static func attributeFolder(logs: String, workflow: WorkflowID, storeID: String) -> String {
    folder(logs: logs, workflow: workflow, storeID: storeID) + "/attributes"
  }

  /// The folder of a workflow.
  package static func folder(logs: String, workflow: WorkflowID, storeID: String) -> String {
    "\(logs)/\(workflow)-\(storeID.prefix(6))"
  }
}
