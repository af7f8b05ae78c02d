import Configuration
public import Vocabulary

/// Reads settings one by one and collects what is wrong with them, so that all problems are told at
/// once.
public struct SettingsReader {
  private let reader: ConfigReader
  public private(set) var problems: [String] = []

  public init(_ variables: [String: String]) {
    reader = ConfigReader(
      provider: EnvironmentVariablesProvider(environmentVariables: variables))
  }

  /// The value that was given; an empty one counts as absent.
  public func text(_ setting: Setting) -> String? {
    let value = reader.string(forKey: ConfigKey([setting.name.lowercased()]))
    return value?.isEmpty == true ? nil : value
  }

  /// Whether one of these was given.
  public func hasAny(of settings: [Setting]) -> Bool { settings.contains { text($0) != nil } }

  /// The value that was given, or the standard one; a problem when there is neither.
  public mutating func required(_ setting: Setting) -> String {
    guard let value = text(setting) ?? setting.standard else {
      problem(setting, "is missing")
      return ""
    }
    return value
  }

  public mutating func secret(_ setting: Setting) -> Secret { Secret(required(setting)) }

  /// - Precondition: the setting is a number with a standard value.
  public mutating func number(_ setting: Setting) -> Int {
    guard case .number(let bounds) = setting.kind,
      let standard = setting.standard.flatMap({ Int($0) })
    else { preconditionFailure("\(setting.name) is not declared as a number") }
    guard let value = text(setting) else { return standard }
    guard let number = Int(value), bounds.contains(number) else {
      problem(setting, "must be a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
      return standard
    }
    return number
  }

  /// - Parameter standard: what holds when it is not set, where other settings tell it.
  /// - Precondition: the setting is a choice of these, with a standard value here or there.
  public mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ setting: Setting, standard: Choice? = nil
  ) -> Choice where Choice.RawValue == String {
    guard let standard = standard ?? setting.standard.flatMap({ Choice(rawValue: $0) }) else {
      preconditionFailure("\(setting.name) is not declared with a standard value")
    }
    guard let value = text(setting) else { return standard }
    guard let choice = Choice(rawValue: value) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      problem(setting, "must be one of: \(names)")
      return standard
    }
    return choice
  }

  /// Amounts by currency, such as `CNY:500.00,USD:100`, in minor units.
  public mutating func amounts(_ setting: Setting) -> [Currency: Int64] {
    var amounts: [Currency: Int64] = [:]
    for item in (text(setting) ?? "").split(separator: ",") {
      let parts = item.split(separator: ":")
      guard parts.count == 2, let currency = Currency(parts[0]),
        let money = Money(decimal: parts[1], currency: currency),
        amounts.updateValue(money.minorUnits, forKey: currency) == nil
      else {
        problem(setting, "must be amounts by currency, each once, such as CNY:500.00,USD:100")
        return [:]
      }
    }
    return amounts
  }

  /// Never put the value of a secret into `text`.
  public mutating func problem(_ setting: Setting, _ text: String) {
    problems.append("\(setting.name) \(text)")
  }

  /// A problem of several settings together.
  public mutating func problem(_ settings: [Setting], _ text: String) {
    var names = settings.map(\.name)
    let last = names.popLast() ?? ""
    problems.append(
      (names.isEmpty ? "" : names.joined(separator: ", ") + " or ") + "\(last) \(text)")
  }
}
