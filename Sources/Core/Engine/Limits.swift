/// The maximum and the current numbers of submitted or running tasks.
struct Limits: Sendable {
  /// nil is no limit, 0 is a pause.
  private(set) var workflow: Int?
  /// By template.
  private(set) var templates: [Int?]
  /// Submitted or running tasks in total.
  private(set) var active = 0
  /// Submitted or running tasks, by template.
  private var activeOfTemplate: [Int]

  init(workflow: Int?, templates: [Int?]) {
    self.workflow = workflow
    self.templates = templates
    activeOfTemplate = Array(repeating: 0, count: templates.count)
  }

  /// Sets all limits; templates that are not listed have none.
  mutating func set(workflow: Int?, templates changed: [EngineEvent.Limit]) {
    self.workflow = workflow
    for template in templates.indices { templates[template] = nil }
    for limit in changed { templates[limit.template] = limit.limit }
  }

  /// How many more tasks the workflow's limit allows.
  var left: Int { (workflow ?? .max) - active }

  /// Whether a task of the template is submitted or running.
  func isActive(_ template: Int) -> Bool { activeOfTemplate[template] > 0 }

  func isReached(_ template: Int) -> Bool {
    templates[template].map { activeOfTemplate[template] >= $0 } ?? false
  }

  /// Whether more tasks are submitted than allowed now.
  var isExceeded: Bool {
    if left < 0 { return true }
    return zip(templates, activeOfTemplate).contains { limit, active in limit.map { active > $0 } ?? false }
  }

  mutating func submitted(_ template: Int) {
    active += 1
    activeOfTemplate[template] += 1
  }

  mutating func ended(_ template: Int) {
    active -= 1
    activeOfTemplate[template] -= 1
  }
}
