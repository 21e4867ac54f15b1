/// SplitMix64: a sequence that depends only on its seed.
public struct Randomness: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The sequence of a seed; equal seeds give equal sequences on any machine.
  public init(seed: UInt64) { state = seed }

  /// A separate sequence for one of many things, independent of how much is drawn for the others.
  public init(seed: UInt64, of thing: UInt64) {
    var mixer = Randomness(seed: seed &+ thing &* 0x9E37_79B9_7F4A_7C15)
    state = mixer.next()
  }

  /// The next 64-bit number of the sequence.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, but excluding, 1.
  public mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Returns true with this probability (0 to 1).
  public mutating func happens(_ probability: Double) -> Bool { fraction() < probability }
}
