/// The resource usage of a template's successful attempts.
public struct TemplateUsage: Hashable, Sendable {
  /// The distribution of a figure over the attempts for which it was measured.
  public struct Spread: Hashable, Sendable {
    /// The number of attempts for which it was measured; at least 1.
    public var count: Int
    /// The smallest figure. All values below have the same unit.
    public var min: Double
    /// The arithmetic mean.
    public var mean: Double
    /// The middle figure, or the mean of the two middle figures if their number is even.
    public var median: Double
    /// The 95th percentile: the smallest figure that is not below 95 % of the figures.
    public var p95: Double
    /// The largest figure.
    public var max: Double
  }

  /// The id of the template's version.
  public var version: Int64
  /// The name of the template's tool.
  public var tool: String
  /// The template's name.
  public var template: String
  /// The number of successful task instances.
  public var count: Int
  /// Peak memory in bytes.
  public var memory: Spread?
  /// Run time in seconds.
  public var runtime: Spread?
  /// Requested cores.
  public var cores: Spread?
  /// Busy cores: processor time divided by run time, for attempts of at least one second.
  public var busyCores: Spread?
  /// The distinct requests, each with the run time of its attempts.
  public var asked: [Asked]

  /// Attempts with the same request.
  public struct Asked: Hashable, Sendable {
    /// Cores that each attempt requested.
    public var cores: Int
    /// Memory that each attempt requested, in bytes.
    public var memory: Int64?
    /// Run time that each attempt requested, in seconds.
    public var runtime: Int64?
    /// Total run time of the attempts, in seconds.
    public var seconds: Double
  }
}

extension TemplateUsage.Spread {
  /// The distribution of figures, each with the number of its occurrences.
  ///
  /// - Returns: nil if there are none.
  public init?(weighted figures: [Int: Int]) {
    let sorted = figures.filter { $0.value > 0 }.sorted { $0.key < $1.key }
    let count = sorted.reduce(0) { $0 + $1.value }
    guard count > 0 else { return nil }
    /// The figure at an index of the sorted figures.
    func figure(_ index: Int) -> Double {
      var before = 0
      for (value, times) in sorted {
        before += times
        if index < before { return Double(value) }
      }
      return Double(sorted[sorted.count - 1].key)
    }
    self.init(
      count: count, min: Double(sorted[0].key),
      mean: sorted.reduce(0) { $0 + Double($1.key) * Double($1.value) } / Double(count),
      median: (figure((count - 1) / 2) + figure(count / 2)) / 2,
      p95: figure(Swift.min(count - 1, (count * 95 + 99) / 100 - 1)), max: figure(count - 1))
  }

  /// The distribution of these figures.
  ///
  /// - Returns: nil if there are none.
  public init?(_ figures: [Double]) {
    guard !figures.isEmpty else { return nil }
    let sorted = figures.sorted()
    let middle = sorted.count / 2
    self.init(
      count: sorted.count, min: sorted[0], mean: sorted.reduce(0, +) / Double(sorted.count),
      median: sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2,
      p95: sorted[Swift.min(sorted.count - 1, (sorted.count * 95 + 99) / 100 - 1)],
      max: sorted[sorted.count - 1])
  }
}
