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

  /// Amounts by currency, such as `CNY:500.00,USD:100`, in minor units.
  mutating func amounts(_ name: String) -> [Currency: Int64] {
    var amounts: [Currency: Int64] = [:]
    for item in (text(name) ?? "").split(separator: ",") {
      let parts = item.split(separator: ":")
      guard parts.count == 2, let currency = Currency(parts[0]),
        let money = Money(decimal: parts[1], currency: currency),
        amounts.updateValue(money.minorUnits, forKey: currency) == nil
      else {
        problem(name, "must be amounts by currency, each once, such as CNY:500.00,USD:100")
        return [:]
      }
    }
    return amounts
  }

  /// Never put the value of a secret into `text`.
  mutating func problem(_ name: String, _ text: String) { problems.append("\(name) \(text)") }
}
