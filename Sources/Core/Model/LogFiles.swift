import Foundation
import GuardedFiles
import OSText

/// The paths of a task instance's log files. They are computed from values in the store, so that paths are not stored.
public struct LogFiles: Hashable, Sendable {
  /// Maximum length in bytes of a task's name in a file name, and of a template's name in a folder name. ext4 allows
  /// 255 bytes for the whole name.
  public static let longestName = 180

  /// The path of the standard output file. It is absolute if the log folder is.
  public var stdout: String
  /// The path of the standard error file. It is absolute if the log folder is.
  public var stderr: String
  /// The file to which the command may write attributes of its task. It is not stored with the logs but in a folder
  /// that is usually empty, because it is looked up after every attempt. If the task has its own folder for standard
  /// output, which may exist only on the nodes, the file is in that folder.
  public var attributes: String

  /// Computes the paths for one task instance.
  ///
  /// - Parameters:
  ///   - logs: the run's log folder.
  ///   - storeID: the store's UUID. Its first 6 hex digits distinguish equal workflow ids of different stores.
  ///   - task: index of the task in the workflow. Each folder contains the files of 1000 tasks.
  ///   - request: its `stdout` and `stderr` are folders that replace the log folder. Relative paths start at
  ///     `workingDirectory`.
  public init(
    logs: String, workflow: WorkflowID, storeID: String, template: String, task: TaskIndex, name: String,
    instance: TaskInstanceID, request: ResourceRequest, workingDirectory: String
  ) {
    let short = Self.cut(name)
    // Templates whose names have the same beginning may share a folder. Their files differ by the instance id.
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

  /// A name, cut to ``longestName`` at the end of a character. A single longer character is cut at the end of a scalar.
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

  /// The path of a log file; nil if the file does not exist. It does not exist if the command wrote nothing or was
  /// never started, or if the file was removed. After a failed start, a file counts only if it is a regular file of
  /// this user. While the attempt has not ended, this is the path that the file will have.
  ///
  /// A folder that a task names may exist only on its node. If it does not exist here, the path is returned because
  /// nothing is known of the file.
  ///
  /// - Parameter cause: how the attempt ended (``Cause/word``); nil if it has not ended.
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

  /// The log files of the command that a workflow runs at the end of a run (`on_finish`).
  ///
  /// - Parameter folder: the workflow's folder.
  package static func finish(of run: WorkflowRunID, in folder: String) -> (stdout: String, stderr: String) {
    ("\(folder)/on_finish.o\(run)", "\(folder)/on_finish.e\(run)")
  }

  /// The folder of a workflow's attribute files.
  package static func attributeFolder(logs: String, workflow: WorkflowID, storeID: String) -> String {
    folder(logs: logs, workflow: workflow, storeID: storeID) + "/attributes"
  }

  /// The folder of a workflow's log files.
  package static func folder(logs: String, workflow: WorkflowID, storeID: String) -> String {
    "\(logs)/\(workflow)-\(storeID.prefix(6))"
  }
}
