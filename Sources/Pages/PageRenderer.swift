import Mustache
public import Vocabulary

/// Turns view values into pages. It knows no database and no request.
public struct PageRenderer: Sendable {
  private let library: MustacheLibrary
  private let catalogues: [Language: [String: String]]
  private let assets: [String: String]
  public let faces: MethodFaces

  static let sources: [(name: String, bytes: [UInt8])] = [
    ("layout", PackageResources.layout_mustache), ("coin", PackageResources.coin_mustache),
    ("pay", PackageResources.pay_mustache), ("orders", PackageResources.orders_mustache),
    ("entries", PackageResources.entries_mustache),
    ("transactions", PackageResources.transactions_mustache),
    ("pager", PackageResources.pager_mustache), ("success", PackageResources.success_mustache),
    ("credentials", PackageResources.credentials_mustache),
    ("account", PackageResources.account_mustache), ("error", PackageResources.error_mustache),
    ("order_facts", PackageResources.order_facts_mustache),
    ("order_due", PackageResources.order_due_mustache),
    ("outcome", PackageResources.outcome_mustache), ("check", PackageResources.check_mustache),
    ("pay_texts", PackageResources.pay_texts_mustache),
    ("filter", PackageResources.filter_mustache), ("receipt", PackageResources.receipt_mustache),
  ]

  /// Parses the embedded templates.
  /// - Parameter faces: the payment methods as people see them.
  /// - Throws: the parser's error, which names the line, when a template is broken.
  public init(faces: MethodFaces) throws {
    self.faces = faces
    var templates: [String: MustacheTemplate] = [:]
    for (name, bytes) in PageRenderer.sources {
      templates[name] = try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self))
    }
    library = MustacheLibrary(templates: templates)
    catalogues = Dictionary(
      uniqueKeysWithValues: Language.all.map { ($0, $0.catalogue) })
    let names = AssetNames()
    assets = ["style": names.style, "script": names.script, "icon": names.icon]
  }

  func render(_ template: String, _ chrome: Chrome, _ content: [String: Any]) -> String {
    var context = content
    context["t"] = catalogues[chrome.language] ?? [:]
    context["assets"] = assets
    context["lang"] = chrome.language.code
    context["path"] = chrome.path
    context["languages"] = Language.choices(besides: chrome.language)
    context["username"] = chrome.username
    context["notice"] = chrome.notice
    context["development"] = chrome.isDevelopment
    context["at_coin"] = chrome.path == "/coin"
    context["at_orders"] = chrome.path == "/coin/orders"
    context["at_transactions"] = chrome.path == "/coin/transactions"
    context["at_account"] = chrome.path == "/coin/account"
    context["form_token"] = chrome.formToken
    context["zone_text"] = Phrase.serversZone.text(chrome.language, ["zone": chrome.zone])
    switch chrome.message {
    case .failed(let code): context["failed"] = code.message(chrome.language)
    case .done(let done): context["done"] = done.phrase.text(chrome.language)
    case nil: break
    }
    return library.render(context, withTemplate: template) ?? ""
  }
}
