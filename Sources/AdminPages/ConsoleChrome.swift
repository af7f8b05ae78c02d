public import Pages
public import Vocabulary

/// What every page of the console shows around its content.
public struct ConsoleChrome: Sendable {
  let language: Language
  let path: String
  /// The page's own query without the language, encoded.
  let query: String
  let username: String
  let role: UserRole
  /// Whether the reader has been let in; before that there is nothing to navigate to.
  let isAdmitted: Bool
  let isDevelopment: Bool
  /// The zone in which every moment is written, such as `UTC+08:00`.
  let zone: String
  /// Payments to be confirmed and actions that wait for a second person's word.
  let openApprovals: Int64

  public init(
    language: Language, path: String, query: String, username: String, role: UserRole,
    isAdmitted: Bool, isDevelopment: Bool, zone: String, openApprovals: Int64 = 0
  ) {
    self.language = language
    self.path = path
    self.query = query
    self.username = username
    self.role = role
    self.isAdmitted = isAdmitted
    self.isDevelopment = isDevelopment
    self.zone = zone
    self.openApprovals = openApprovals
  }
}

/// The pages that the navigation leads to.
enum Navigation {
  private static let items: [(path: String, phrase: Phrase, role: UserRole)] = [
    ("/admin/dashboard", .dashboard, .viewer), ("/admin/orders", .orders, .viewer),
    ("/admin/confirmations", .approvals, .viewer), ("/admin/users", .users, .viewer),
    ("/admin/packages", .packages, .viewer), ("/admin/queue", .queue, .viewer),
    ("/admin/reconciliation", .reconciliation, .viewer),
    ("/admin/controls", .controls, .viewer), ("/admin/audit", .auditLog, .viewer),
    ("/admin/settings", .settings, .administrator), ("/admin/security", .security, .viewer),
  ]

  static func content(_ chrome: ConsoleChrome) -> [[String: Any]] {
    items.filter { chrome.role >= $0.role }.map { item in
      let count = item.phrase == .approvals ? chrome.openApprovals : 0
      return [
        "address": item.path, "count": count > 0 ? String(count) as Any : false,
        "name": item.phrase.text(chrome.language),
        "current": chrome.path == item.path || chrome.path.hasPrefix(item.path + "/"),
      ]
    }
  }
}
