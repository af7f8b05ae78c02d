public import Pages
public import Vocabulary

/// What a page of the operators' console shows: a title and sections of blocks. Every text is a value
/// that the renderer escapes, so that no page can forget to.
public struct ConsolePage: Sendable {
  public var title: String
  public var badge: Badge?
  public var sections: [ConsoleSection]

  public init(_ title: String, badge: Badge? = nil, _ sections: [ConsoleSection]) {
    self.title = title
    self.badge = badge
    self.sections = sections
  }

  var hasCharts: Bool {
    sections.contains { section in
      section.blocks.contains { block in
        if case .chart = block { true } else { false }
      }
    }
  }
}

/// A part of a page with a heading of its own.
public struct ConsoleSection: Sendable {
  public var heading: String?
  public var blocks: [ConsoleBlock]

  public init(_ heading: String? = nil, _ blocks: [ConsoleBlock]) {
    self.heading = heading
    self.blocks = blocks
  }
}

/// What sections are made of.
public enum ConsoleBlock: Sendable {
  case text(String)
  case notice(String)
  case facts([(name: String, value: ConsoleCell)])
  case table(ConsoleTable)
  case filters([ConsoleField])
  /// Buttons; each opens a dialog that explains and asks.
  case actions([ConsoleAction])
  case form(ConsoleForm)
  /// Text as it is, such as a notification's body.
  case raw(String)
  /// A picture that this program drew, as SVG.
  case picture(svg: String, alternative: String)
  case chart(ConsoleChart)
  case links([(text: String, address: String)])
}

/// A short word in colour; `kind` names a style, such as `PAID`.
public struct Badge: Sendable {
  let text: String
  let kind: String

  public init(_ text: String, kind: String) {
    self.text = text
    self.kind = kind
  }
}

/// One value of a table or a list of facts.
public enum ConsoleCell: Sendable {
  case text(String)
  /// A number or key that people compare character by character.
  case code(String)
  case number(String)
  case money(Money)
  case badge(Badge)
  case moment(MomentView)
  case link(String, address: String)
  /// A code that leads somewhere.
  case codeLink(String, address: String)
  case actions([ConsoleAction])
  case none

  public static func optional(_ text: String?) -> ConsoleCell {
    text.map { $0.isEmpty ? .none : .text($0) } ?? .none
  }

  public static func optionalCode(_ text: String?) -> ConsoleCell {
    text.map { .code($0) } ?? .none
  }

  public static func optionalMoment(_ moment: MomentView?) -> ConsoleCell {
    moment.map { .moment($0) } ?? .none
  }
}

public struct ConsoleTable: Sendable {
  public struct Column: Sendable {
    let title: String
    let isNumber: Bool

    public init(_ title: String, isNumber: Bool = false) {
      self.title = title
      self.isNumber = isNumber
    }
  }

  let columns: [Column]
  let rows: [[ConsoleCell]]
  /// What is said in place of a table without rows.
  let empty: String
  /// Where the next rows are.
  let more: String?

  public init(
    _ columns: [Column], _ rows: [[ConsoleCell]], empty: String, more: String? = nil
  ) {
    self.columns = columns
    self.rows = rows
    self.empty = empty
    self.more = more
  }
}

/// A field of a form.
public struct ConsoleField: Sendable {
  public enum Kind: Sendable {
    case hidden
    case line
    case area
    case password
    case oneTimeCode
    case date
    case choice([(value: String, text: String)])
    case tick
  }

  /// How a value stands in the JSON that the form sends.
  public enum Form: String, Sendable {
    case string
    /// Left out when empty.
    case optional
    case integer
    case boolean
  }

  let kind: Kind
  let name: String
  let label: String
  let value: String
  let form: Form
  let hint: String?
  let isRequired: Bool
  let charactersMax: Int

  public static let charactersMaxStandard = 255

  public init(
    _ kind: Kind, _ name: String, _ label: String = "", value: String = "", form: Form = .string,
    hint: String? = nil, isRequired: Bool = true, charactersMax: Int = charactersMaxStandard
  ) {
    self.kind = kind
    self.name = name
    self.label = label
    self.value = value
    self.form = form
    self.hint = hint
    self.isRequired = isRequired
    self.charactersMax = charactersMax
  }
}

/// A form that a script sends as JSON.
public struct ConsoleForm: Sendable {
  /// Unique on its page.
  let id: String
  /// An address of the API.
  let address: String
  let fields: [ConsoleField]
  let submit: String
  let isDangerous: Bool
  /// Where to go afterwards; the same page without it.
  let next: String?

  public init(
    _ id: String, to address: String, _ fields: [ConsoleField], submit: String,
    isDangerous: Bool = false, next: String? = nil
  ) {
    self.id = id
    self.address = address
    self.fields = fields
    self.submit = submit
    self.isDangerous = isDangerous
    self.next = next
  }
}

/// A button that opens a dialog with an explanation and a form.
public struct ConsoleAction: Sendable {
  let label: String
  let explanation: String
  let form: ConsoleForm

  public init(_ label: String, _ explanation: String, _ form: ConsoleForm) {
    self.label = label
    self.explanation = explanation
    self.form = form
  }
}
