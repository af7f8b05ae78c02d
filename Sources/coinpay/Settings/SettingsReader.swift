import Configuration
import Vocabulary

/// Reads settings one by one and collects what is wrong with them, so that all problems are told at
/// once.
struct SettingsReader {
  private let reader: ConfigReader
  private(set) var problems: [String] = []

  init(_ variables: [String: String]) {
    reader = ConfigReader(
      provider: EnvironmentVariablesProvider(environmentVariables: variables))
  }

  /// The value of a variable; an empty one counts as absent.
  func text(_ name: String) -> String? {
    let value = reader.string(forKey: ConfigKey([name.lowercased()]))
    return value?.isEmpty == true ? nil : value
  }

  mutating func required(_ name: String) -> String {
    guard let value = text(name) else {
      problem(name, "is missing")
      return ""
    }
    return value
  }

  mutating func secret(_ name: String) -> Secret { Secret(required(name)) }

  mutating func number(_ name: String, standard: Int, in bounds: ClosedRange<Int>) -> Int {
    guard let value = text(name) else { return standard }
    guard let number = Int(value), bounds.contains(number) else {
      problem(name, "must be a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
      return standard
    }
    return number
  }

  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, standard: Choice
  ) -> Choice where Choice.RawValue == String {
    guard let value = text(name) else { return standard }
    guard let choice = Choice(rawValue: value) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      problem(name, "must be one of: \(names)")
      return standard
    }
    return choice
  }

  /// Never put the value of a secret into `text`.
  mutating func problem(_ name: String, _ text: String) { problems.append("\(name) \(text)") }
}
