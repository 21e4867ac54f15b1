import Testing

@testable import JobmonCollections
@testable import JobmonModel

@Suite("The table of task instances")
struct InstanceTableTests {
  @Test("behaves like a dictionary", arguments: [1, 3, 1 << 16, -7] as [Int64])
  func behavesLikeADictionary(step: Int64) {
    var table = InstanceTable<Int>()
    var judge: [TaskInstanceID: Int] = [:]
    var state: UInt64 = 1
    func draw(_ count: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % count
    }
    for round in 0..<4000 {
      // The table grows first and shrinks later.
      let id = Int64(draw(400)) * step
      if draw(10) < (round < 2000 ? 6 : 3) {
        table[id] = round
        judge[id] = round
      } else {
        #expect(table.removeValue(forKey: id) == judge.removeValue(forKey: id))
      }
      let other = Int64(draw(400)) * step
      #expect(table[other] == judge[other])
      if let index = table.index(of: other) {
        table.values[index] += 1
        judge[other]! += 1
      }
    }
    #expect(table.count == judge.count)
    #expect(table.ids.sorted() == judge.keys.sorted())
    #expect(table.filter { $0 % 2 == 0 }.sorted() == judge.filter { $0.value % 2 == 0 }.keys.sorted())
    for id in judge.keys { table[id] = nil }
    #expect(table.isEmpty)
  }
}
