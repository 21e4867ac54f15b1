import JobmonExecution

/// The resources that a run uses and wants on its machine.
package struct HostDemand: Hashable, Sendable {
  package var uses: HostAmount
  package var wants: HostAmount
  /// The resources of the next task; nil if none is ready.
  package var next: HostAmount?
  /// Number of attempts started so far.
  package var starts: Int

  package init(uses: HostAmount, wants: HostAmount, next: HostAmount?, starts: Int) {
    self.uses = uses
    self.wants = wants
    self.next = next
    self.starts = starts
  }
}
