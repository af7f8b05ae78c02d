import Alipay
import Crypto
import Database
import Duties
import LogLines
import Logging
import Payments
import Seals
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
  let alipay: AlipayConfiguration?
  let weChatPay: WeChatPaySettings?
  let stripe: StripeSettings?

  /// Where duties note how they ended.
  let statusFolder: String

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
    let environment = reader.choice("COINPAY_ENV", standard: Environment.production)
    var database = databaseConfiguration(&reader, environment)
    let baseURL = baseURL(&reader, environment)
    let sessionKey = sessionKey(&reader)
    let keyRing = keyRing(&reader)
    database.companion = keyRing.map { SealKeeper(ring: $0) }
    let zoneName = reader.text("COINPAY_TIME_ZONE") ?? "Asia/Shanghai"
    let zone = SystemTime.zone(zoneName)
    if zone == nil { reader.problem("COINPAY_TIME_ZONE", "is not a time zone of this system") }
    let ttl = reader.number(
      "COINPAY_ORDER_TTL_SECONDS", standard: orderTTLSecondsStandard, in: 1...86_400)
    let webThreads = reader.number(
      "COINPAY_WEB_THREADS", standard: webThreadsStandard, in: 1...threadsMax)
    let webhookThreads = reader.number(
      "COINPAY_WEBHOOK_THREADS", standard: webhookThreadsStandard, in: 1...threadsMax)
    let logFormat = reader.choice("COINPAY_LOG_FORMAT", standard: LineLogHandler.Format.text)
    let logLevel = reader.choice("COINPAY_LOG_LEVEL", standard: Logger.Level.info)
    _ = reader.choice("COINPAY_AUTH", standard: Authentication.accounts)
    let faultPoint = faultPoint(&reader, environment)
    let purchaseLimits = PurchaseLimits(&reader)
    let secondFactor = secondFactor(&reader, environment)
    let twoPersonRule = TwoPersonRule(amounts: reader.amounts("COINPAY_TWO_PERSONS_ABOVE"))
    let operatorCoins = reader.number(
      "COINPAY_OPERATOR_COINS_MAX", standard: operatorCoinsStandard, in: 0...Int(Limits.coinsMax))
    let webhookMode = reader.choice("COINPAY_WEBHOOK_MODE", standard: SettlementQueue.Mode.settle)
    let settlementRules = SettlementRules(
      confirmation: ConfirmationRule(amounts: reader.amounts("COINPAY_CONFIRM_ABOVE")),
      refund: reader.choice("COINPAY_REFUND_RULE", standard: .takeBack))
    let daysBeforePurge = daysBeforePurge(&reader)
    let isProduction = environment == .production
    let alipay = AlipaySettings.read(&reader, isProduction: isProduction)
    let weChatPay = WeChatPaySettings.read(&reader, isProduction: isProduction)
    let stripe = StripeSettings(&reader, isProduction: isProduction)
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
      daysBeforePurge: daysBeforePurge, caFile: reader.text("COINPAY_CA_FILE"), alipay: alipay,
      weChatPay: weChatPay, stripe: stripe, statusFolder: statusFolder(variables))
  }

  /// Coins that one person behind the counter may move on a day without a second one.
  private static let operatorCoinsStandard = 100_000

  static func statusFolder(_ variables: [String: String]) -> String {
    SettingsReader(variables).text("COINPAY_STATUS_DIR") ?? DutyFacts.folderStandard
  }

  /// Only what a purge needs, whose account is not the worker's.
  static func readForPurge(
    _ variables: [String: String]
  ) throws(Problems) -> (DatabaseConfiguration, days: Int) {
    var reader = SettingsReader(variables)
    let environment = reader.choice("COINPAY_ENV", standard: Environment.production)
    let database = databaseConfiguration(&reader, environment)
    let days = daysBeforePurge(&reader)
    guard reader.problems.isEmpty else { throw Problems(lines: reader.problems) }
    return (database, days)
  }

  private static func daysBeforePurge(_ reader: inout SettingsReader) -> Int {
    reader.number("COINPAY_PURGE_DAYS", standard: purgeDaysStandard, in: purgeDays)
  }

  /// Only what commands on the database need.
  static func readDatabase(
    _ variables: [String: String]
  ) throws(Problems) -> DatabaseConfiguration {
    var reader = SettingsReader(variables)
    let environment = reader.choice("COINPAY_ENV", standard: Environment.production)
    var database = databaseConfiguration(&reader, environment)
    // The owner, who only changes the schema, has no keys.
    if reader.text("COINPAY_ENCRYPTION_KEYS") != nil {
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
      endpoint: endpoint, database: reader.required("COINPAY_DB_NAME"),
      user: reader.required("COINPAY_DB_USER"), password: reader.secret("COINPAY_DB_PASSWORD"))
  }

  private static func endpoint(
    _ reader: inout SettingsReader, _ environment: Environment
  ) -> DatabaseConfiguration.Endpoint {
    if let path = reader.text("COINPAY_DB_SOCKET") { return .socket(path: path) }
    guard let host = reader.text("COINPAY_DB_HOST") else {
      reader.problem("COINPAY_DB_SOCKET", "or COINPAY_DB_HOST is missing")
      return .socket(path: "")
    }
    let port = reader.number("COINPAY_DB_PORT", standard: 3_306, in: 1...65_535)
    let authority = reader.text("COINPAY_DB_TLS_CA")
    if authority == nil, environment == .production {
      reader.problem("COINPAY_DB_TLS_CA", "is missing: a database over TCP needs TLS in production")
    }
    return .tcp(host: host, port: UInt16(port), tlsCAFile: authority)
  }

  private static func baseURL(
    _ reader: inout SettingsReader, _ environment: Environment
  ) -> String {
    let text = reader.required("COINPAY_BASE_URL")
    let isSecure = text.hasPrefix("https://")
    guard text.isEmpty || isSecure || text.hasPrefix("http://") else {
      reader.problem("COINPAY_BASE_URL", "must begin with https://")
      return text
    }
    if !text.isEmpty, !isSecure, environment == .production {
      reader.problem("COINPAY_BASE_URL", "must begin with https:// in production")
    }
    if text.hasSuffix("/") {
      reader.problem("COINPAY_BASE_URL", "must not end with a slash")
    }
    return text
  }

  private static func sessionKey(_ reader: inout SettingsReader) -> SymmetricKey? {
    let text = reader.required("COINPAY_SESSION_KEY")
    guard !text.isEmpty else { return nil }
    guard let key = Base64.decode(text).flatMap({ SymmetricKey($0) }) else {
      reader.problem(
        "COINPAY_SESSION_KEY", "must be the base64 of 32 bytes: openssl rand -base64 32")
      return nil
    }
    return key
  }

  private static func keyRing(_ reader: inout SettingsReader) -> KeyRing? {
    let text = reader.required("COINPAY_ENCRYPTION_KEYS")
    guard !text.isEmpty else { return nil }
    do throws(CryptoError) {
      return try KeyRing(setting: text)
    } catch {
      reader.problem("COINPAY_ENCRYPTION_KEYS", "cannot be used: \(error)")
      return nil
    }
  }

  private static func secondFactor(
    _ reader: inout SettingsReader, _ environment: Environment
  ) -> SecondFactor {
    let name = "COINPAY_SECOND_FACTOR"
    let choice = reader.choice(
      name, standard: environment == .development ? SecondFactor.optional : .required)
    if choice == .optional, environment == .production {
      reader.problem(name, "must be required in production")
    }
    return choice
  }

  private static func faultPoint(
    _ reader: inout SettingsReader, _ environment: Environment
  ) -> FaultPoint? {
    guard let name = reader.text("COINPAY_FAULT_POINT") else { return nil }
    guard environment == .development else {
      reader.problem("COINPAY_FAULT_POINT", "exists in development only")
      return nil
    }
    let point = FaultPoint(rawValue: name)
    if point == nil {
      let names = FaultPoint.allCases.map(\.rawValue).joined(separator: ", ")
      reader.problem("COINPAY_FAULT_POINT", "must be one of: \(names)")
    }
    return point
  }

  /// A setting that would silently do nothing is a mistake of its owner.
  private static func refuseUnsupported(_ reader: inout SettingsReader) {
    for name in ["COINPAY_DB_REPLICA_HOST"]
    where reader.text(name) != nil {
      reader.problem(name, "is set, but this version of coinpay does not support it")
    }
  }
}
