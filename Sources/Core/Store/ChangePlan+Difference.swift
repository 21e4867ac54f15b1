import JobmonModel

extension ChangePlan {
  /// The differences between a definition and the stored one, and their effect on the tasks, for display.
  public struct Difference: Hashable, Sendable {
    /// The templates whose commands have changed, in the order of the new definition.
    public internal(set) var templates: [TemplateChange] = []
    /// The arguments with other values in tasks that both definitions contain. Includes task_args, although a task with
    /// other task_args is another task.
    public internal(set) var arguments: [ArgumentChange] = []
    /// Tasks that are not in the stored workflow.
    public internal(set) var added = TemplateGroups()
    /// Tasks of the stored workflow that are not in the definition, DONE or not.
    public internal(set) var gone = TemplateGroups()
    /// The number of DONE tasks in the stored workflow.
    public internal(set) var doneBefore = 0
    /// The number of DONE tasks in both definitions. `--keep-done` keeps all of them.
    public internal(set) var keepable = 0
    /// DONE tasks that keep their results.
    public internal(set) var kept = Group()
    /// The number of kept tasks with other op_args, if the tasks are otherwise the same.
    public internal(set) var keptWithOtherOpArgs = 0
    /// DONE tasks that are rerun, by the first reason that applies to each. A reason without tasks has no entry.
    public internal(set) var again: [Reason: Group] = [:]
    /// Tasks that are in both definitions and were not DONE.
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

    /// The number of DONE tasks that are rerun.
    public var againCount: Int { again.values.reduce(0) { $0 + $1.count } }

    /// What the user can do if the changes are not accepted.
    public var advice: Advice {
      .acceptChanges(holding: kept.count, of: doneBefore, again: againCount, atMost: keepable)
    }
  }

  /// The differences between a definition and a stored one.
  package static func difference(from old: StoredWorkflow, to new: WorkflowDefinition) -> Difference {
    ChangePlan(from: old, to: new).difference
  }
}

extension ChangePlan {
  /// A group of tasks: their number, and the name of the first.
  public struct Group: Hashable, Sendable {
    /// The number of tasks.
    public var count = 0
    /// The name of the first task, in an order in which upstreams precede downstreams; empty if the group is empty.
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

  /// Tasks grouped by template, in the order of each template's first task.
  public struct TemplateGroups: Hashable, Sendable {
    /// The names of the templates, each with its tasks.
    public private(set) var groups: [Entry] = []

    /// The tasks of one template.
    public struct Entry: Hashable, Sendable {
      /// The name of the template.
      public var template: String
      /// The tasks of the template.
      public var tasks: Group

      package init(template: String, tasks: Group) {
        self.template = template
        self.tasks = tasks
      }
    }

    package init(_ groups: [Entry] = []) { self.groups = groups }

    /// The total number of tasks.
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
