import JobmonExecution

/// What a run takes and would take of its machine.
package struct HostDemand: Hashable, Sendable {
  package var uses: HostAmount
  package var wants: HostAmount
  /// What the task that is next in line takes; nil where none is ready.
  package var next: HostAmount?
  /// How many attempts were started so far.
  package var starts: Int

  package init(uses: HostAmount, wants: HostAmount, next: HostAmount?, starts: Int) {
    self.uses = uses
    self.wants = wants
    self.next = next
    self.starts = starts
  }
}
