import JobmonModel

extension ChangePlan {
  /// How a definition differs from a stored one, and what accepting that would keep: for a run that is refused.
  public struct Difference: Hashable, Sendable {
    /// The templates whose commands differ.
    public var templates: [TemplateChange]
    /// Tasks that the stored workflow does not have.
    public var added: Group
    /// Tasks of the stored workflow that the definition does not have.
    public var gone: Group
    /// DONE tasks with other upstreams; nil where there is none.
    public var otherUpstreams: Group?
    /// What a person can do about it.
    public var advice: Advice

    package init(
      templates: [TemplateChange] = [], added: Group = Group(), gone: Group = Group(),
      otherUpstreams: Group? = nil, advice: Advice
    ) {
      self.templates = templates
      self.added = added
      self.gone = gone
      self.otherUpstreams = otherUpstreams
      self.advice = advice
    }
  }

  /// How a definition differs from a stored one.
  package static func difference(from old: StoredWorkflow, to new: WorkflowDefinition) -> Difference {
    let plan = ChangePlan(from: old, to: new)
    return Difference(
      templates: plan.templates, added: plan.added, gone: plan.gone, otherUpstreams: plan.again[.upstreams],
      advice: .acceptChanges(
        holding: plan.kept.count, of: plan.doneBefore, again: plan.againCount,
        atMost: ChangePlan(from: old, to: new, keepsDone: true).kept.count))
  }
}
