import Crypto
import Database
import Duties
import LogLines
import Logging
import Payments
import Provider
import Seals
import Settings
import Threads
import Vocabulary

/// What the process was told, checked.
struct Settings {
  enum Environment: String, CaseIterable {
    case production
    case development
  }

  enum Authentication: String, CaseIterable {
    case accounts
  }

  /// Whether operators and administrators have to enrol a second factor.
  enum SecondFactor: String, CaseIterable {
    case required
    /// Development only: whoever tries the console need not fetch a phone first.
    case optional
  }

  let environment: Environment
  let database: DatabaseConfiguration
  let baseURL: String
  let sessionKey: SymmetricKey
  let keyRing: KeyRing
  let orderTTLSeconds: Int64
  let zone: TimeZoneOffset
  let webThreads: Int
  let webhookThreads: Int
  let logFormat: LineLogHandler.Format
  /// Less important lines are not written.
  let logLevel: Logger.Level
  let webhookMode: SettlementQueue.Mode
  let purchaseLimits: PurchaseLimits
  let requiresSecondFactor: Bool
  let twoPersonRule: TwoPersonRule
  let operatorRule: OperatorRule
  /// Development: where the worker kills itself.
  let faultPoint: FaultPoint?
  let settlementRules: SettlementRules
  let daysBeforePurge: Int
  /// A CA certificate file in place of the system's, for a private gateway.
  let caFile: String?
  /// The providers that are on, in the order in which to offer them.
  let providers: [(descriptor: ProviderDescriptor, plan: ProviderPlan)]

  /// Where duties note how they ended.
  let statusFolder: String
  /// All settings as people read them, without secrets.
  let lines: [(name: String, value: String)]

  /// Threads of one pool; each web thread owns a database connection.
  static let threadsMax = 256
  static let webThreadsStandard = Checkout.threadsStandard
  static let webhookThreadsStandard = 64
  static let orderTTLSecondsStandard = 1_800
  /// Days after which orders that were never paid may be removed.
  static let purgeDays = 1...36_500
  static let purgeDaysStandard = 90

  /// All that is wrong, one line each.
  struct Problems: Error {
    let lines: [String]
  }

  var isDevelopment: Bool { environment == .development }

  static func read(_ variables: [String: String]) throws(Problems) -> Settings {
    var reader = SettingsReader(variables)
    let environment = reader.choice(SiteSetting.environment) as Environment
    var database = databaseConfiguration(&reader, environment)
    let baseURL = baseURL(&reader, environment)
    let sessionKey = sessionKey(&reader)
    let keyRing = keyRing(&reader)
    database.companion = keyRing.map { SealKeeper(ring: $0) }
    let zone = zone(&reader)
    let ttl = reader.number(SiteSetting.orderTTL)
    let webThreads = reader.number(SiteSetting.webThreads)
    let webhookThreads = reader.number(SiteSetting.webhookThreads)
    let logFormat = reader.choice(SiteSetting.logFormat) as LineLogHandler.Format
    let logLevel = reader.choice(SiteSetting.logLevel) as Logger.Level
    _ = reader.choice(SiteSetting.authentication) as Authentication
    let faultPoint = faultPoint(&reader, environment)
    let purchaseLimits = PurchaseLimits(&reader)
    let secondFactor = secondFactor(&reader, environment)
    let twoPersonRule = TwoPersonRule(amounts: reader.amounts(SiteSetting.twoPersons))
    let operatorCoins = reader.number(SiteSetting.operatorCoins)
    let webhookMode = reader.choice(SiteSetting.webhookMode) as SettlementQueue.Mode
    let settlementRules = SettlementRules(
      confirmation: ConfirmationRule(
        amounts: reader.amounts(SiteSetting.confirmAbove), tellingRefunds: Registry.tellingRefunds),
      refund: reader.choice(SiteSetting.refundRule))
    let daysBeforePurge = daysBeforePurge(&reader)
    let providers = providers(&reader, baseURL, environment)
    refuseUnsupported(&reader)
    guard reader.problems.isEmpty, let sessionKey, let keyRing, let zone else {
      throw Problems(lines: reader.problems)
    }
    return Settings(
      environment: environment, database: database, baseURL: baseURL, sessionKey: sessionKey,
      keyRing: keyRing, orderTTLSeconds: Int64(ttl), zone: zone, webThreads: webThreads,
      webhookThreads: webhookThreads, logFormat: logFormat, logLevel: logLevel,
      webhookMode: webhookMode,
      purchaseLimits: purchaseLimits, requiresSecondFactor: secondFactor == .required,
      twoPersonRule: twoPersonRule,
      operatorRule: OperatorRule(coinsMax: Int64(operatorCoins), zone: zone),
      faultPoint: faultPoint, settlementRules: settlementRules,
      daysBeforePurge: daysBeforePurge, caFile: reader.text(SiteSetting.authority),
      providers: providers, statusFolder: statusFolder(variables),
      lines: lines(
        reader, providers, told: [SiteSetting.secondFactor: secondFactor.rawValue]))
  }

  /// Coins that one person behind the counter may move on a day without a second one.
  static let operatorCoinsStandard = 100_000
  static let operatorCoinsMax = Int(Limits.coinsMax)

  private static func providers(
    _ reader: inout SettingsReader, _ baseURL: String, _ environment: Environment
  ) -> [(descriptor: ProviderDescriptor, plan: ProviderPlan)] {
    let site = ProviderDescriptor.SiteFacts(
      baseURL: baseURL, isProduction: environment == .production)
    var providers: [(descriptor: ProviderDescriptor, plan: ProviderPlan)] = []
    for descriptor in Registry.descriptors {
      guard let plan = descriptor.read(&reader, site) else { continue }
      providers.append((descriptor, plan))
    }
    return providers
  }

  static func statusFolder(_ variables: [String: String]) -> String {
    SettingsReader(variables).text(SiteSetting.statusFolder) ?? DutyFacts.folderStandard
  }

  /// Only what a purge needs, whose account is not the worker's.
  static func readForPurge(
    _ variables: [String: String]
  ) throws(Problems) -> (DatabaseConfiguration, days: Int) {
    var reader = SettingsReader(variables)
    let environment = reader.choice(SiteSetting.environment) as Environment
    let database = databaseConfiguration(&reader, environment)
    let days = daysBeforePurge(&reader)
    guard reader.problems.isEmpty else { throw Problems(lines: reader.problems) }
    return (database, days)
  }

  private static func daysBeforePurge(_ reader: inout SettingsReader) -> Int {
    reader.number(SiteSetting.purgeDays)
  }

  /// Only what times are written by.
  static func readZone(_ variables: [String: String]) throws(Problems) -> TimeZoneOffset {
    var reader = SettingsReader(variables)
    guard let zone = zone(&reader) else { throw Problems(lines: reader.problems) }
    return zone
  }

  private static func zone(_ reader: inout SettingsReader) -> TimeZoneOffset? {
    let zone = SystemTime.zone(reader.required(SiteSetting.timeZone))
    if zone == nil { reader.problem(SiteSetting.timeZone, "is not a time zone of this system") }
    return zone
  }

  /// Only what commands on the database need.
  static func readDatabase(
    _ variables: [String: String]
  ) throws(Problems) -> DatabaseConfiguration {
    var reader = SettingsReader(variables)
    let environment = reader.choice(SiteSetting.environment) as Environment
    var database = databaseConfiguration(&reader, environment)
    // The owner, who only changes the schema, has no keys.
    if reader.text(SiteSetting.encryptionKeys) != nil {
      database.companion = keyRing(&reader).map { SealKeeper(ring: $0) }
    }
    guard reader.problems.isEmpty else { throw Problems(lines: reader.problems) }
    return database
  }

  private static func databaseConfiguration(
    _ reader: inout SettingsReader, _ environment: Environment
  ) -> DatabaseConfiguration {
    let endpoint = endpoint(&reader, environment)
    return DatabaseConfiguration(
      endpoint: endpoint, database: reader.required(SiteSetting.databaseName),
      user: reader.required(SiteSetting.databaseUser),
      password: reader.secret(SiteSetting.databasePassword))
  }

  private static func endpoint(
    _ reader: inout SettingsReader, _ environment: Environment
  ) -> DatabaseConfiguration.Endpoint {
    if let path = reader.text(SiteSetting.databaseSocket) { return .socket(path: path) }
    guard let host = reader.text(SiteSetting.databaseHost) else {
      reader.problem(SiteSetting.databaseSocket, "or COINPAY_DB_HOST is missing")
      return .socket(path: "")
    }
    let port = reader.number(SiteSetting.databasePort)
    let authority = reader.text(SiteSetting.databaseAuthority)
    if authority == nil, environment == .production {
      reader.problem(
        SiteSetting.databaseAuthority, "is missing: a database over TCP needs TLS in production")
    }
    return .tcp(host: host, port: UInt16(port), tlsCAFile: authority)
  }

  private static func baseURL(
    _ reader: inout SettingsReader, _ environment: Environment
  ) -> String {
    let text = reader.required(SiteSetting.baseURL)
    let isSecure = text.hasPrefix("https://")
    guard text.isEmpty || isSecure || text.hasPrefix("http://") else {
      reader.problem(SiteSetting.baseURL, "must begin with https://")
      return text
    }
    if !text.isEmpty, !isSecure, environment == .production {
      reader.problem(SiteSetting.baseURL, "must begin with https:// in production")
    }
    if text.hasSuffix("/") {
      reader.problem(SiteSetting.baseURL, "must not end with a slash")
    }
    return text
  }

  private static func sessionKey(_ reader: inout SettingsReader) -> SymmetricKey? {
    let text = reader.required(SiteSetting.sessionKey)
    guard !text.isEmpty else { return nil }
    guard let key = Base64.decode(text).flatMap({ SymmetricKey($0) }) else {
      reader.problem(
        SiteSetting.sessionKey, "must be the base64 of 32 bytes: openssl rand -base64 32")
      return nil
    }
    return key
  }

  private static func keyRing(_ reader: inout SettingsReader) -> KeyRing? {
    let text = reader.required(SiteSetting.encryptionKeys)
    guard !text.isEmpty else { return nil }
    do throws(CryptoError) {
      return try KeyRing(setting: text)
    } catch {
      reader.problem(SiteSetting.encryptionKeys, "cannot be used: \(error)")
      return nil
    }
  }

  private static func secondFactor(
    _ reader: inout SettingsReader, _ environment: Environment
  ) -> SecondFactor {
    let setting = SiteSetting.secondFactor
    let choice = reader.choice(
      setting, standard: environment == .development ? SecondFactor.optional : .required)
    if choice == .optional, environment == .production {
      reader.problem(setting, "must be required in production")
    }
    return choice
  }

  private static func faultPoint(
    _ reader: inout SettingsReader, _ environment: Environment
  ) -> FaultPoint? {
    guard let name = reader.text(SiteSetting.faultPoint) else { return nil }
    guard environment == .development else {
      reader.problem(SiteSetting.faultPoint, "exists in development only")
      return nil
    }
    let point = FaultPoint(rawValue: name)
    if point == nil {
      let names = FaultPoint.allCases.map(\.rawValue).joined(separator: ", ")
      reader.problem(SiteSetting.faultPoint, "must be one of: \(names)")
    }
    return point
  }

  /// A setting that would silently do nothing is a mistake of its owner.
  private static func refuseUnsupported(_ reader: inout SettingsReader) {
    guard reader.text(SiteSetting.databaseReplica) != nil else { return }
    reader.problem(
      SiteSetting.databaseReplica, "is set, but this version of coinpay does not support it")
  }
}
