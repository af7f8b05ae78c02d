public import Crypto
public import HTTPSClient
public import Settings
public import Vocabulary

/// The one thing that a provider's folder exports: all that the site, the console, the commands, doctor
/// and nginx have to know about it.
public struct ProviderDescriptor: Sendable {
  public let face: MethodFace
  /// What operators call it.
  public let label: String
  /// Words that people know it by, in lower-case letters: nobody registers under one of them.
  public let knownAs: Set<String>
  public let settings: SettingGroup
  /// The settings that setup asks for where the provider is wanted, in this order.
  public let questions: Questions
  public let notifying: Notifying
  public let page: PageOrigins
  /// Reads the settings.
  /// - Returns: nil when the provider is off, or when something is wrong with them, which the reader holds.
  public let read: @Sendable (inout SettingsReader, SiteFacts) -> ProviderPlan?

  public init(
    face: MethodFace, label: String, knownAs: Set<String> = [],
    settings: SettingGroup = SettingGroup([]),
    questions: Questions = Questions(),
    notifying: Notifying = Notifying(), page: PageOrigins = PageOrigins(),
    read: @escaping @Sendable (inout SettingsReader, SiteFacts) -> ProviderPlan?
  ) {
    self.face = face
    self.label = label
    self.knownAs = knownAs
    self.settings = settings
    self.questions = questions
    self.notifying = notifying
    self.page = page
    self.read = read
  }

  public var method: PaymentMethod { face.method }

  /// `/api/payment/webhook/alipay`: where each provider may notify.
  public static func notifyPath(of method: PaymentMethod) -> String {
    "/api/payment/webhook/\(method.rawValue.lowercased())"
  }

  /// What a provider asks of the site before it can be made.
  public struct SiteFacts: Sendable {
    public let baseURL: String
    public let isProduction: Bool

    public init(baseURL: String, isProduction: Bool) {
      self.baseURL = baseURL
      self.isProduction = isProduction
    }

    /// The whole address of a path of ours; empty while nobody has said where the site is.
    public func address(_ path: String) -> String { baseURL.isEmpty ? "" : baseURL + path }
  }

  public struct Questions: Sendable {
    /// What the question calls the provider: `WeChat Pay (v3)`.
    public let label: String
    public let settings: [Setting]

    public init(label: String = "", _ settings: [Setting] = []) {
      self.label = label
      self.settings = settings
    }
  }

  /// How the provider's notifications reach us.
  public struct Notifying: Sendable {
    /// The setting of the address; nil where the provider is told in its own console.
    public let setting: Setting?
    /// Whether `/api/payment/PROVIDER/notify` is answered too.
    public let hasOldPath: Bool
    /// Whether what is told of a success comes with what was given back since.
    public let tellsRefunds: Bool
    public let samples: [NotifySample]

    public init(
      setting: Setting? = nil, hasOldPath: Bool = false, tellsRefunds: Bool = false,
      samples: [NotifySample] = []
    ) {
      self.setting = setting
      self.hasOldPath = hasOldPath
      self.tellsRefunds = tellsRefunds
      self.samples = samples
    }
  }

  /// Other origins that the pay page needs, as a Content Security Policy names them.
  public struct PageOrigins: Sendable {
    public let scripts: [String]
    public let connections: [String]
    public let frames: [String]

    public init(scripts: [String] = [], connections: [String] = [], frames: [String] = []) {
      self.scripts = scripts
      self.connections = connections
      self.frames = frames
    }
  }
}

/// A provider whose settings were read.
public struct ProviderPlan: Sendable {
  /// What may be shown to an operator.
  public let summary: String
  /// Where it notifies; nil when it never does.
  public let notifyURL: String?
  /// - Throws: `KeyError` when a certificate cannot be used.
  public let make: @Sendable (HTTPSClientConfiguration) throws(KeyError) -> any PaymentProvider

  public init(
    summary: String, notifyURL: String?,
    make: @escaping @Sendable (HTTPSClientConfiguration) throws(KeyError) -> any PaymentProvider
  ) {
    self.summary = summary
    self.notifyURL = notifyURL
    self.make = make
  }
}
