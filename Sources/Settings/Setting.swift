/// One setting of the site, declared once: what reads it, checks it, shows it, explains it and keeps it
/// secret follows from here.
///
/// Invariant: `name` is a name of the environment, upper-case ASCII letters, digits and `_`.
public struct Setting: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case text
    case number(ClosedRange<Int>)
    /// One of these words.
    case choice([String])
    /// Amounts by currency: `CNY:500.00,USD:100`.
    case amounts
    /// A key or a certificate: its text, or the whole path of its file.
    case key
  }

  public let name: String
  public let kind: Kind
  /// Whether its value is never shown, and kept in a file of its own.
  public let isSecret: Bool
  /// What holds when it is not set; nil when it is then absent, or told by other settings.
  public let standard: String?
  /// What an operator is told about it; nil when the setting before it says all.
  public let help: String?
  /// A value that the template shows in place of the standard one.
  public let example: String?
  /// Whether a new site's file has it, in place of a line to be uncommented.
  public let isPreset: Bool

  public init(
    _ name: String, _ kind: Kind = .text, isSecret: Bool = false, standard: String? = nil,
    help: String? = nil, example: String? = nil, isPreset: Bool = false
  ) {
    self.name = name
    self.kind = kind
    self.isSecret = isSecret
    self.standard = standard
    self.help = help
    self.example = example
    self.isPreset = isPreset
  }

  /// A setting whose value is one of an enum's words.
  public init<Choice: RawRepresentable & CaseIterable>(
    _ name: String, oneOf: Choice.Type, standard: Choice? = nil, help: String? = nil,
    example: Choice? = nil, isPreset: Bool = false
  ) where Choice.RawValue == String {
    self.init(
      name, .choice(Choice.allCases.map(\.rawValue)), standard: standard?.rawValue, help: help,
      example: example?.rawValue, isPreset: isPreset)
  }

  /// A whole number with its bounds.
  public init(
    _ name: String, in bounds: ClosedRange<Int>, standard: Int, help: String? = nil
  ) {
    self.init(name, .number(bounds), standard: String(standard), help: help)
  }

  /// The file that holds a secret, below the folder of credentials: `alipay/private_key`.
  public var credential: String {
    let parts = name.lowercased().split(separator: "_", maxSplits: 1)
    return parts.joined(separator: "/")
  }
}

/// Settings that belong together.
public struct SettingGroup: Sendable {
  /// What the template says above them; nil when the first of them says it.
  public let about: String?
  public let settings: [Setting]

  public init(about: String? = nil, _ settings: [Setting]) {
    self.about = about
    self.settings = settings
  }
}
