/// Counts by what people see, per template.
public struct RunProgress: Hashable, Sendable {
  public struct Counts: Hashable, Sendable {
    public var pending = 0
    public var scheduled = 0
    public var running = 0
    public var done = 0
    public var fatal = 0
    public init() {}
    public var total: Int { pending + scheduled + running + done + fatal }
  }

  public var templates: [Counts]
  public var retries: Int
  /// Milliseconds since the run began.
  public var elapsed: Int64
  /// Seconds that tasks take, as far as it was seen, in this run and in earlier ones; by template.
  public var runtimes: [Float?] = []
  /// The most tasks that may run at once; nil: any number.
  public var workflowLimit: Int?
  public var templateLimits: [Int?] = []

  public init(templates: [Counts], retries: Int, elapsed: Int64) {
    self.templates = templates
    self.retries = retries
    self.elapsed = elapsed
  }
}

extension RunProgress.Counts {
  package subscript(word: TaskWord) -> Int {
    get {
      switch word {
      case .pending: pending
      case .scheduled: scheduled
      case .running: running
      case .done: done
      case .fatal: fatal
      }
    }
    set {
      switch word {
      case .pending: pending = newValue
      case .scheduled: scheduled = newValue
      case .running: running = newValue
      case .done: done = newValue
      case .fatal: fatal = newValue
      }
    }
  }
}
