import JobmonCore

/// Why a call failed, and what that means for a submission.
package struct SlurmError: Error, CustomStringConvertible, Sendable {
  package enum Meaning: Sendable {
    /// It will never be accepted.
    case permanent
    /// The controller is away or busy: certainly not accepted now.
    case temporary
    /// The controller has no room for so many jobs.
    case full
    /// A limit of the account on the number or size of jobs: the request alone may be over it.
    case limit
    /// No answer: it may have been accepted.
    case unknown
  }

  package var meaning: Meaning
  package var description: String

  package init(_ meaning: Meaning, _ description: String) {
    self.meaning = meaning
    self.description = description
  }
}
