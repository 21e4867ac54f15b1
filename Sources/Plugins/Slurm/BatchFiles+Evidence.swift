import Foundation
import JobmonCore
import WorkerProtocol

extension BatchFiles {
  /// Looks up what the folder has on a question. May claim the task.
  ///
  /// - Parameter directory: the commands' working directory.
  func evidence(on question: JobQuestion, _ index: Int, directory: String) -> JobEvidence {
    var evidence = JobEvidence()
    switch question.subject {
    case .cancelled, .pendingTooLong, .absent: evidence.claim = claim(index)
    case .over(let record, let isLate, let claims):
      // Without a claim it has never started, and with ours it never will.
      if claims || !hasClaim(index) { evidence.claim = claim(index) }
      if evidence.claim == .ours {
        evidence.lastWords = lastWords
      } else if isLate {
        // A listing may be old: the file itself is looked for once more.
        evidence.report = report(index, start: record.restarts)
        if evidence.report != nil {
          evidence.hasDirectory = OSFile.can(directory, X_OK)
        } else if record.mayGoOn, evidence.claim == nil {
          evidence.claim = claim(index)
        }
      }
    }
    return evidence
  }
}
