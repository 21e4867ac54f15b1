import Foundation
import Testing

@testable import JobmonModel

struct UpstreamSetTests {
  @Test func equalSetsHaveTheSameID() {
    var sets = UpstreamSets()
    #expect(sets.insert([]) == UpstreamSets.empty)
    let first = sets.insert([3, 1, 2, 1])
    #expect(Array(sets[first]) == [1, 2, 3])
    #expect(sets.insert([1, 2, 3]) == first)
    #expect(sets.insert([1, 2]) != first)
    #expect(sets.count == 3)
  }

  @Test func randomSetsMatchADictionary() {
    var sets = UpstreamSets()
    var known: [Set<Int32>: Int32] = [:]
    var random = SplitMix(state: 3)
    for _ in 0..<20_000 {
      let members = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        Int32.random(in: 0..<30, using: &random)
      }
      let id = sets.insert(members)
      #expect(known[Set(members), default: id] == id)
      known[Set(members)] = id
    }
    #expect(sets.count == known.count)
    #expect(known.allSatisfy { Array(sets[$0.value]) == $0.key.sorted() })
  }

  @Test func loadedSetsAreFoundByInsert() throws {
    var sets = UpstreamSets()
    sets.append(sortedUnique: [1, 2])
    let second = sets.append(sortedUnique: [4])
    #expect(sets.insert([4]) == second)
    #expect(sets.insert([5]) == 3)
    var copy = try JSONDecoder().decode(UpstreamSets.self, from: JSONEncoder().encode(sets))
    #expect(copy == sets)
    #expect(copy.insert([2, 1]) == 1)
  }
}
