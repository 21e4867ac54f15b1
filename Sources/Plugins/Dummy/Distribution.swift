import Foundation
import JobmonCore

/// A distribution from which seconds or bytes are drawn.
public enum Distribution: Hashable, Sendable {
  /// Always the same value.
  case constant(Double)
  /// Uniform from the first to the second value.
  case uniform(Double, Double)
  /// Exponential, as the time between independent events; most values are below the mean.
  case exponential(mean: Double)
  /// Normal, but never below 0.
  case normal(mean: Double, deviation: Double)
  /// Lognormal: the logarithm is normal, with the logarithm of the median as its mean.
  case lognormal(median: Double, sigma: Double)
  /// One of the list, all equally likely; the list is not empty.
  case choice([Double])

  /// Draws one value, using at most two numbers of `random`.
  public func draw(_ random: inout Randomness) -> Double {
    switch self {
    case .constant(let value): value
    case .uniform(let low, let high): low + (high - low) * random.fraction()
    case .exponential(let mean): -mean * log(1 - random.fraction())
    case .normal(let mean, let deviation): max(0, mean + deviation * Self.standardNormal(&random))
    case .lognormal(let median, let sigma): median * exp(sigma * Self.standardNormal(&random))
    case .choice(let values): values[Int(random.fraction() * Double(values.count))]
    }
  }

  private static func standardNormal(_ random: inout Randomness) -> Double {
    (-2 * log(1 - random.fraction())).squareRoot() * cos(2 * .pi * random.fraction())
  }

  /// Reads a single value such as `"90s"`, or `{"uniform": [1, 5]}`, `{"exponential": 60}`, `{"normal": [60, 5]}`,
  /// `{"lognormal": [60, 0.5]}`, `{"choice": [1, 1, 30]}`. nil for anything else.
  ///
  /// - Parameter figure: reads one value.
  init?(_ value: JSONValue, figure: (JSONValue) -> Double?) {
    guard case .object(let keys) = value else {
      guard let value = figure(value) else { return nil }
      self = .constant(value)
      return
    }
    guard keys.count == 1, let (name, parameters) = keys.first else { return nil }
    let list: [JSONValue] = if case .array(let list) = parameters { list } else { [parameters] }
    let figures = list.compactMap(figure)
    guard figures.count == list.count else { return nil }
    switch (name, figures.count) {
    case ("uniform", 2) where figures[0] <= figures[1]: self = .uniform(figures[0], figures[1])
    case ("exponential", 1): self = .exponential(mean: figures[0])
    case ("normal", 2): self = .normal(mean: figures[0], deviation: figures[1])
    case ("lognormal", 2):
      // Sigma is a pure number, whatever the unit of the median is.
      guard let sigma = list[1].plainNumber, sigma.isFinite else { return nil }
      self = .lognormal(median: figures[0], sigma: sigma)
    case ("choice", 1...): self = .choice(figures)
    default: return nil
    }
  }
}

extension JSONValue {
  /// A number, or text that contains one.
  var plainNumber: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    case .string(let text): Double(text)
    default: nil
    }
  }

  /// A whole number, or text that contains one.
  var wholeNumber: Int64? {
    switch self {
    case .integer(let number): number
    case .number(let number): Int64(exactly: number)
    case .string(let text): Int64(text)
    default: nil
    }
  }

  /// Seconds with a fraction, or a duration such as `"1h30m"`; never below 0.
  var duration: Double? {
    if let number = plainNumber { return number >= 0 && number.isFinite ? number : nil }
    return seconds.map(Double.init)
  }
}
