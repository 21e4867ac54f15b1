/// What the finished attempts of a template's tasks used.
public struct TemplateUsage: Hashable, Sendable {
  /// The spread of one figure over the attempts for which it was measured.
  public struct Spread: Hashable, Sendable {
    /// How many attempts it was measured for; at least 1.
    public var count: Int
    /// The smallest figure, in the unit of the figures, as all below.
    public var min: Double
    /// The arithmetic mean.
    public var mean: Double
    /// The middle figure; of an even number of figures, the mean of the middle two.
    public var median: Double
    /// The smallest figure that is not below 95 of 100 figures.
    public var p95: Double
    /// The largest figure.
    public var max: Double
  }

  /// Id of the template's version.
  public var version: Int64
  /// The name of the tool that the template belongs to.
  public var tool: String
  /// The template's name.
  public var template: String
  /// Task instances that ended with success.
  public var count: Int
  /// Bytes.
  public var memory: Spread?
  /// Seconds.
  public var runtime: Spread?
  /// Cores asked for.
  public var cores: Spread?
  /// Cores kept busy: processor time by run time, of attempts of a second or more.
  public var busyCores: Spread?
  /// What was asked for, each distinct request with how long its attempts ran.
  public var asked: [Asked]

  /// Attempts that asked for the same.
  public struct Asked: Hashable, Sendable {
    /// Cores that each of them asked for.
    public var cores: Int
    /// Bytes.
    public var memory: Int64?
    /// Seconds.
    public var runtime: Int64?
    /// Seconds that they ran, all together.
    public var seconds: Double
  }
}

extension TemplateUsage.Spread {
  /// Of figures each of which is there so many times.
  ///
  /// - Returns: nil where there are none.
  public init?(weighted figures: [Int: Int]) {
    let sorted = figures.filter { $0.value > 0 }.sorted { $0.key < $1.key }
    let count = sorted.reduce(0) { $0 + $1.value }
    guard count > 0 else { return nil }
    /// The figure with so many before it.
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

  /// - Returns: nil where there are no figures.
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
