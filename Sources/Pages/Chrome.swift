/// What every page shows around its content.
public struct Chrome: Sendable {
  public let language: Language
  /// The page's own path, for the language switch and the navigation.
  public let path: String
  public let username: String?
  public let isDevelopment: Bool
  /// What operators tell everybody on every page, in the reader's language: maintenance, for example.
  public let notice: String?
  /// Goes back with every form; see `AccountDesk.formToken`.
  public let formToken: String
  /// The zone of the times on the page: `UTC+08:00`.
  public let zone: String
  /// What came of what the reader did last.
  public let message: PageMessage?

  public init(
    language: Language, path: String, username: String?, isDevelopment: Bool,
    notice: String? = nil, formToken: String = "", zone: String = "UTC",
    message: PageMessage? = nil
  ) {
    self.language = language
    self.path = path
    self.username = username
    self.isDevelopment = isDevelopment
    self.notice = notice
    self.formToken = formToken
    self.zone = zone
    self.message = message
  }
}

/// Told once at the top of the page that follows a form.
public enum PageMessage: Sendable {
  case failed(ErrorCode)
  case done(Done)

  /// Named in the address as `?done=…`.
  public enum Done: String, CaseIterable, Sendable {
    case checked, renewed, password, sessions, session

    var phrase: Phrase {
      switch self {
      case .checked: .doneChecked
      case .renewed: .doneRenewed
      case .password: .donePassword
      case .sessions: .doneSessions
      case .session: .doneSession
      }
    }
  }
}
