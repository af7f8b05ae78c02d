import Mustache
import Pages
import Vocabulary

/// Turns pages of the console into HTML. It knows no database and no request.
public struct ConsoleRenderer: Sendable {
  private let library: MustacheLibrary
  private let catalogues: [Language: [String: String]]
  private let assets: [String: String]

  static let sources: [(name: String, bytes: [UInt8])] = [
    ("layout", PackageResources.layout_mustache), ("page", PackageResources.page_mustache),
    ("cell", PackageResources.cell_mustache), ("field", PackageResources.field_mustache),
    ("action", PackageResources.action_mustache), ("fields", PackageResources.fields_mustache),
    ("table", PackageResources.table_mustache),
  ]

  /// Parses the embedded templates.
  /// - Throws: the parser's error, which names the line, when a template is broken.
  public init() throws {
    var templates: [String: MustacheTemplate] = [:]
    for (name, bytes) in ConsoleRenderer.sources {
      templates[name] = try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
    }
    library = MustacheLibrary(templates: templates)
    catalogues = Dictionary(
      uniqueKeysWithValues: Language.all.map { ($0, $0.catalogue) })
    assets = [
      "style": AssetNames.address("admin", "css", PackageResources.admin_css),
      "script": AssetNames.address("admin", "js", PackageResources.admin_js),
      "icon": AssetNames().icon,
      "dashboard": AssetNames.address("dashboard", "js", PackageResources.dashboard_js),
    ]
  }

  public func render(_ page: ConsolePage, _ chrome: ConsoleChrome) -> String {
    let context: [String: Any] = [
      "t": catalogues[chrome.language] ?? [:], "assets": assets,
      "lang": chrome.language.code,
      "languages": Language.choices(besides: chrome.language),
      "path": chrome.path, "query": chrome.query.isEmpty ? "" : chrome.query + "&",
      "username": chrome.username, "role_name": chrome.role.name(chrome.language),
      "development": chrome.isDevelopment, "admitted": chrome.isAdmitted,
      "navigation": Navigation.content(chrome), "title": BidirectionalText.shown(page.title),
      "zone_text": Phrase.timesAreIn.text(chrome.language, ["value": chrome.zone]),
      "title_badge": page.badge.map(Self.content) ?? false as Any,
      "sections": page.sections.map(Self.content), "has_charts": page.hasCharts,
    ]
    return library.render(context, withTemplate: "page") ?? ""
  }

  /// Every key that a template asks for is there: a missing one would be looked for further out.
  private static func content(_ section: ConsoleSection) -> [String: Any] {
    [
      "heading": section.heading ?? false as Any, "blocks": section.blocks.map(content),
    ]
  }

  private static func content(_ block: ConsoleBlock) -> [String: Any] {
    var content: [String: Any] = [:]
    for key in [
      "paragraph", "notice", "facts", "table", "filters", "actions", "form", "raw", "picture",
      "links", "chart",
    ] { content[key] = false }
    switch block {
    case .text(let text): content["paragraph"] = ["text": BidirectionalText.shown(text)]
    case .notice(let text): content["notice"] = ["text": BidirectionalText.shown(text)]
    case .facts(let facts):
      content["facts"] = [
        "rows": facts.map { ["name": $0.name, "cells": [self.content($0.value)]] as [String: Any] }
      ]
    case .table(let table): content["table"] = self.content(table)
    case .filters(let fields):
      content["filters"] = ["fields": fields.map { self.content($0, form: "filter") }]
    case .actions(let actions): content["actions"] = ["items": actions.map(self.content)]
    case .form(let form): content["form"] = self.content(form)
    case .raw(let text): content["raw"] = ["text": BidirectionalText.shown(text)]
    case .picture(let svg, let alternative):
      content["picture"] = ["svg": svg, "alternative": alternative]
    case .chart(let chart):
      content["chart"] = ["title": chart.title, "json": chart.json]
    case .links(let links):
      content["links"] = ["items": links.map { ["text": $0.text, "address": $0.address] }]
    }
    return content
  }

  private static func content(_ badge: Badge) -> [String: Any] {
    ["text": badge.text, "kind": badge.kind.lowercased()]
  }

  private static func content(_ table: ConsoleTable) -> [String: Any] {
    [
      "columns": table.columns.map { ["title": $0.title, "is_number": $0.isNumber] },
      "rows": table.rows.map { row in
        ["cells": row.enumerated().map { content($1, in: table.columns.dropFirst($0).first) }]
          as [String: Any]
      },
      "has_rows": !table.rows.isEmpty, "empty": table.empty, "more": table.more ?? false as Any,
    ]
  }

  private static func content(
    _ cell: ConsoleCell, in column: ConsoleTable.Column? = nil
  ) -> [String: Any] {
    var content: [String: Any] = [
      "text": "", "class": "", "machine": false, "address": false, "badge": false,
      "cell_actions": false,
    ]
    switch cell {
    case .text(let text): content["text"] = BidirectionalText.shown(text)
    case .code(let text):
      content["text"] = BidirectionalText.shown(text)
      content["class"] = "code"
    case .number(let text):
      content["text"] = BidirectionalText.shown(text)
      content["class"] = "number"
    case .money(let money):
      content["text"] = money.display
      content["class"] = "number"
    case .badge(let badge): content["badge"] = self.content(badge)
    case .moment(let moment):
      content["text"] = moment.human
      content["machine"] = moment.machine
    case .link(let text, let address):
      content["text"] = BidirectionalText.shown(text)
      content["address"] = address
    case .codeLink(let text, let address):
      content["text"] = BidirectionalText.shown(text)
      content["address"] = address
      content["class"] = "code"
    case .actions(let actions):
      content["cell_actions"] = ["items": actions.map(self.content)]
    case .none:
      content["text"] = "–"
      content["class"] = column?.isNumber == true ? "nothing number" : "nothing"
    }
    return content
  }

  private static func content(_ action: ConsoleAction) -> [String: Any] {
    [
      "label": action.label, "explanation": action.explanation, "form": content(action.form),
      "dialog": action.form.id, "dangerous": action.form.isDangerous,
    ]
  }

  private static func content(_ form: ConsoleForm) -> [String: Any] {
    [
      "id": form.id, "post": form.address, "next": form.next ?? false as Any,
      "fields": form.fields.map { content($0, form: form.id) }, "submit": form.submit,
      "is_dangerous": form.isDangerous,
    ]
  }

  private static func content(_ field: ConsoleField, form: String) -> [String: Any] {
    var content: [String: Any] = [
      "name": field.name, "label": field.label, "value": field.value,
      "form_type": field.form.rawValue, "field_id": "\(form)-\(field.name)",
      "hint": field.hint ?? false as Any, "required": field.isRequired,
      "characters_max": String(field.charactersMax), "numeric": field.form == .integer,
    ]
    for key in ["hidden", "line", "area", "password", "one_time", "date", "choice", "tick"] {
      content[key] = false
    }
    switch field.kind {
    case .hidden: content["hidden"] = true
    case .line: content["line"] = true
    case .area: content["area"] = true
    case .password: content["password"] = true
    case .oneTimeCode: content["one_time"] = true
    case .date: content["date"] = true
    case .tick:
      content["tick"] = true
      content["ticked"] = field.value == "true"
    case .choice(let options):
      content["choice"] = [
        "options": options.map {
          [
            "option_value": $0.value, "option_text": $0.text, "chosen": $0.value == field.value,
          ] as [String: Any]
        }
      ]
    }
    return content
  }
}
