import JobmonModel

extension ChangePlan {
  /// How a definition differs from a stored one, and what becomes of each task: for a person.
  public struct Difference: Hashable, Sendable {
    /// The templates whose commands differ, in the order of the new definition.
    public internal(set) var templates: [TemplateChange] = []
    /// The arguments with other values in tasks that both have; task_args included, with which a task is another one.
    public internal(set) var arguments: [ArgumentChange] = []
    /// Tasks that the stored workflow does not have.
    public internal(set) var added = TemplateGroups()
    /// Tasks of the stored workflow that the definition does not have, done or not.
    public internal(set) var gone = TemplateGroups()
    /// How many tasks of the stored workflow are DONE.
    public internal(set) var doneBefore = 0
    /// How many DONE tasks are in both definitions: `--keep-done` keeps them all.
    public internal(set) var keepable = 0
    /// DONE tasks that keep their results.
    public internal(set) var kept = Group()
    /// How many of them have other op_args now, where the tasks are the same ones otherwise.
    public internal(set) var keptWithOtherOpArgs = 0
    /// DONE tasks that run again, by the first reason that applies to each; a reason without tasks has no entry.
    public internal(set) var again: [Reason: Group] = [:]
    /// Tasks that are the same and were not done.
    public internal(set) var unfinished = Group()

    package init() {}

    package init(
      templates: [TemplateChange] = [], arguments: [ArgumentChange] = [],
      added: TemplateGroups = TemplateGroups(), gone: TemplateGroups = TemplateGroups(), doneBefore: Int,
      keepable: Int, kept: Group = Group(), again: [Reason: Group] = [:], unfinished: Group = Group()
    ) {
      self.templates = templates
      self.arguments = arguments
      self.added = added
      self.gone = gone
      self.doneBefore = doneBefore
      self.keepable = keepable
      self.kept = kept
      self.again = again
      self.unfinished = unfinished
    }

    /// How many DONE tasks run again.
    public var againCount: Int { again.values.reduce(0) { $0 + $1.count } }

    /// What a person can do about it, where the changes are not accepted.
    public var advice: Advice {
      .acceptChanges(holding: kept.count, of: doneBefore, again: againCount, atMost: keepable)
    }
  }

  /// How a definition differs from a stored one.
  package static func difference(from old: StoredWorkflow, to new: WorkflowDefinition) -> Difference {
    ChangePlan(from: old, to: new).difference
  }
}

extension ChangePlan {
  /// Some tasks: how many, and the name of the first.
  public struct Group: Hashable, Sendable {
    /// How many tasks there are.
    public var count = 0
    /// The name of the first one, in an order where upstreams come before downstreams; empty where there is none.
    public var example = ""

    package init(count: Int = 0, example: String = "") {
      self.count = count
      self.example = example
    }

    mutating func add(_ name: @autoclosure () -> String) {
      if count == 0 { example = name() }
      count += 1
    }
  }

  /// Some tasks by their templates, in the order of their first ones.
  public struct TemplateGroups: Hashable, Sendable {
    /// The templates' names, each with its tasks.
    public private(set) var groups: [Entry] = []

    /// The tasks of one template.
    public struct Entry: Hashable, Sendable {
      /// The template's name.
      public var template: String
      /// Its tasks.
      public var tasks: Group

      package init(template: String, tasks: Group) {
        self.template = template
        self.tasks = tasks
      }
    }

    package init(_ groups: [Entry] = []) { self.groups = groups }

    /// How many tasks there are in all.
    public var count: Int { groups.reduce(0) { $0 + $1.tasks.count } }

    mutating func add(_ task: Int, of definition: WorkflowDefinition) {
      let template = definition.templates[Int(definition.tasks.template[task])].name
      if let known = groups.firstIndex(where: { $0.template == template }) {
        groups[known].tasks.add(definition.tasks.name(task))
      } else {
        groups.append(Entry(template: template, tasks: Group(count: 1, example: definition.tasks.name(task))))
      }
    }
  }
}
