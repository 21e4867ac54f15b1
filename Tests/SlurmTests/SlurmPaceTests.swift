import Testing

@testable import SlurmPlugin

/// When the controller is queried.
@Suite struct SlurmPaceTests {
  @Test func atMostOneQueryEveryTwoSecondsOnAverage() {
    var pace = SlurmPace(minJobAge: 300)
    var now: Int64 = 1_000_000
    let begin = now
    var asked = 0
    while now < begin + 600_000 {
      pace.hurry(now)  // something changes all the time
      now = max(now + 1, pace.due)
      asked += 1
      pace.asked(now, took: 3, hasChanged: true, isIdle: false)
    }
    #expect(asked <= 600 / 2 + 6)
    #expect(asked >= 290)
  }

  @Test func queriesSlowDownWhileNothingChanges() {
    var pace = SlurmPace(minJobAge: 300)
    var now: Int64 = 0
    pace.hurry(now)
    var pauses: [Int64] = []
    for _ in 0..<20 {
      pauses.append(pace.due - now)
      now = pace.due
      pace.asked(now, took: 3, hasChanged: false, isIdle: false)
    }
    #expect(pauses.first == 500)
    #expect(pauses.last == 30_000)
    pace.hurry(now)
    #expect(pace.due == now + 500)
  }

  @Test func queriesAreMoreFrequentThanMinJobAge() {
    var pace = SlurmPace(minJobAge: 4)
    var now: Int64 = 0
    pace.hurry(now)
    for _ in 0..<20 {
      now = pace.due
      pace.asked(now, took: 3, hasChanged: false, isIdle: false)
    }
    #expect(pace.due - now == 2000)
  }

  @Test func aSlowControllerIsQueriedRarely() {
    var pace = SlurmPace(minJobAge: 300)
    pace.asked(0, took: 5000, hasChanged: true, isIdle: false)
    #expect(pace.due == 100_000)
    pace.asked(0, took: 3, hasChanged: true, isIdle: true)
    #expect(pace.due == .max)
  }

  @Test func rangesAreAbbreviated() {
    #expect(rangeText([7, 0, 1, 2, 4]) == "0-2,4,7")
    #expect(rangeText([]) == "")
  }
}
