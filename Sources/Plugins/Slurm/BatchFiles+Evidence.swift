import Foundation
import JobmonCore
import WorkerProtocol

extension BatchFiles {
  /// Looks up what the folder contains about a question. May claim the task.
  ///
  /// - Parameter directory: the working directory of the commands.
  func evidence(on question: JobQuestion, _ index: Int, directory: String) -> JobEvidence {
    var evidence = JobEvidence()
    switch question.subject {
    case .cancelled, .pendingTooLong, .absent: evidence.claim = claim(index)
    case .over(let record, let isLate, let claims):
      // A task without a claim has never started. After the driver's claim it never will.
      if claims || !hasClaim(index) { evidence.claim = claim(index) }
      if evidence.claim == .ours {
        evidence.lastWords = lastWords
      } else if isLate {
        // The last listing may be outdated: look for the file itself once more.
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
