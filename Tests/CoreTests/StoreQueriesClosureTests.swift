import Testing

@testable import JobmonModel
@testable import JobmonStore

@Suite struct StoreQueriesClosureTests {
  /// 0 and 1 before 2 and 3 (all to all); 3 before 4; 6 before 5, although its number is higher.
  static let closure: DependencyClosure = {
    var sets = UpstreamSets()
    let first = sets.insert([0, 1])
    let last = sets.insert([3])
    let late = sets.insert([6])
    return DependencyClosure(sets: sets, upstreams: [0, 0, first, first, last, late, 0])
  }()

  @Test func withUpstreamsIncludesAllUpstreamTasks() {
    #expect(Self.closure.withUpstreams([4]) == [0, 1, 3, 4])
    #expect(Self.closure.withUpstreams([2, 5]) == [0, 1, 2, 5, 6])
    #expect(Self.closure.withUpstreams([0]) == [0])
  }

  @Test func withDownstreamsIncludesAllDownstreamTasks() {
    #expect(Self.closure.withDownstreams([0]) == [0, 2, 3, 4])
    #expect(Self.closure.withDownstreams([6, 3]) == [3, 4, 5, 6])
    #expect(Self.closure.withDownstreams([4]) == [4])
  }

  @Test func downstreamsIncludesOnlyDirectDownstreamTasks() {
    #expect(Self.closure.downstreams(of: 1) == [2, 3])
    #expect(Self.closure.downstreams(of: 4) == [])
  }

  @Test func spreadsAreComputedFromTheValues() throws {
    let spread = try #require(TemplateUsage.Spread([4, 1, 3, 2]))
    #expect(spread == .init(count: 4, min: 1, mean: 2.5, median: 2.5, p95: 4, max: 4))
    #expect(TemplateUsage.Spread((1...100).map(Double.init))?.p95 == 95)
    #expect(TemplateUsage.Spread([]) == nil)
  }
}
