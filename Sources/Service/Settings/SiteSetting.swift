import Duties
import LogLines
import Logging
import Payments
import Settings
import Threads
import Vocabulary

/// The settings of the site itself; those of providers are in their folders.
enum SiteSetting {
  static let environment = Setting(
    "COINPAY_ENV", oneOf: Settings.Environment.self, standard: .production, isPreset: true)
  static let baseURL = Setting(
    "COINPAY_BASE_URL", help: "The address that visitors use, without a slash at the end.",
    example: "https://shop.example", isPreset: true)

  static let databaseSocket = Setting(
    "COINPAY_DB_SOCKET",
    help: "MariaDB by socket, or by COINPAY_DB_HOST and COINPAY_DB_PORT with COINPAY_DB_TLS_CA.",
    example: "/run/mysqld/mysqld.sock", isPreset: true)
  static let databaseHost = Setting("COINPAY_DB_HOST")
  static let databasePort = Setting("COINPAY_DB_PORT", in: 1...65_535, standard: 3_306)
  static let databaseAuthority = Setting("COINPAY_DB_TLS_CA")
  static let databaseName = Setting("COINPAY_DB_NAME", example: "coinpay", isPreset: true)
  static let databaseUser = Setting("COINPAY_DB_USER", example: "coinpay_worker", isPreset: true)
  static let databasePassword = Setting("COINPAY_DB_PASSWORD", isSecret: true)
  static let databaseReplica = Setting("COINPAY_DB_REPLICA_HOST")

  static let sessionKey = Setting(
    "COINPAY_SESSION_KEY", isSecret: true, help: "openssl rand -base64 32")
  static let encryptionKeys = Setting(
    "COINPAY_ENCRYPTION_KEYS", isSecret: true,
    help: """
      k1:BASE64 with another 32 random bytes. The first key encrypts, all decrypt. To replace one: put the new
      key behind, restart; put it in front, restart; coinpay keys rotate. Keep a copy apart from the database.
      """)

  static let orderTTL = Setting(
    "COINPAY_ORDER_TTL_SECONDS", in: 1...86_400, standard: Settings.orderTTLSecondsStandard)
  static let timeZone = Setting(
    "COINPAY_TIME_ZONE", standard: "Asia/Shanghai",
    help:
      "Days of limits, statistics and the console; where clocks change they have 23 or 25 hours.")
  static let webThreads = Setting(
    "COINPAY_WEB_THREADS", in: 1...Settings.threadsMax, standard: Settings.webThreadsStandard)
  static let webhookThreads = Setting(
    "COINPAY_WEBHOOK_THREADS", in: 1...Settings.threadsMax,
    standard: Settings.webhookThreadsStandard)
  static let webhookMode = Setting(
    "COINPAY_WEBHOOK_MODE", oneOf: SettlementQueue.Mode.self, standard: .settle,
    help: """
      settle: a notification is settled before it is answered. queue: it is stored, answered and settled
      as soon as there is time; for rushes.
      """)
  static let confirmAbove = Setting(
    "COINPAY_CONFIRM_ABOVE", .amounts,
    help: """
      A signed success above these amounts, or for an order that is over, credits only after the provider
      was asked. Protects against a leaked key.
      """, example: "CNY:500.00,USD:100.00")
  static let operatorCoins = Setting(
    "COINPAY_OPERATOR_COINS_MAX", in: 0...Settings.operatorCoinsMax,
    standard: Settings.operatorCoinsStandard,
    help:
      "Coins that one operator may give, take or leave with buyers on a day without a second person."
  )
  static let refundRule = Setting(
    "COINPAY_REFUND_RULE", oneOf: RefundRule.self, standard: .takeBack,
    help: """
      What becomes of the coins of money that is given back, unless an operator says otherwise: take-back (all of
      them, or an operator's refund is refused; of money that was given back elsewhere or withdrawn by a bank, what the
      wallet has), take-back-to-zero (what the wallet has), leave (none). Bonus coins go before bought ones. A balance goes
      below zero only by take-back, and only where coinpay coins allow-negative has allowed it.
      """)

  static let pendingOrders = Setting(
    "COINPAY_PENDING_ORDERS_MAX", in: PurchaseLimits.bounds,
    standard: Int(PurchaseLimits.standard.pendingOrdersMax),
    help: """
      What one user may do: unpaid orders at once, orders and money of a day, cancelled orders of an hour;
      and the prices that each method takes. Money that was paid is never held up.
      """)
  static let dailyOrders = Setting(
    "COINPAY_DAILY_ORDERS_MAX", in: PurchaseLimits.bounds,
    standard: Int(PurchaseLimits.standard.dailyOrdersMax))
  static let dailyAmount = Setting(
    "COINPAY_DAILY_AMOUNT_MAX", .amounts, example: "CNY:10000.00,USD:1500.00")
  static let hourlyCancels = Setting(
    "COINPAY_HOURLY_CANCELS_MAX", in: PurchaseLimits.bounds,
    standard: Int(PurchaseLimits.standard.hourlyCancelsMax))
  static let minutelyCalls = Setting(
    "COINPAY_MINUTELY_CALLS_MAX", in: PurchaseLimits.bounds,
    standard: PurchaseLimits.standard.providerCallsMax,
    help: "Calls to providers that one user may cause in a minute, in each process.")
  static let amountLimits = Setting(
    "COINPAY_AMOUNT_LIMITS", example: "ALIPAY:CNY:0.01-50000.00")
  static let purgeDays = Setting(
    "COINPAY_PURGE_DAYS", in: Settings.purgeDays, standard: Settings.purgeDaysStandard,
    help: "Days after which coinpay purge removes orders that were never paid.")

  static let authentication = Setting(
    "COINPAY_AUTH", oneOf: Settings.Authentication.self, standard: .accounts)
  static let secondFactor = Setting(
    "COINPAY_SECOND_FACTOR", oneOf: Settings.SecondFactor.self,
    help: """
      Operators and administrators enrol an authenticator app at their first visit of /admin; optional only
      in development.
      """, example: .required)
  static let twoPersons = Setting(
    "COINPAY_TWO_PERSONS_ABOVE", .amounts,
    help: """
      A payment that an operator confirms by hand needs a second operator above these amounts. In a currency
      that is not named it always does.
      """, example: "CNY:50.00,USD:10.00")

  static let logFormat = Setting(
    "COINPAY_LOG_FORMAT", oneOf: LineLogHandler.Format.self, standard: .text,
    help: "text, or json: one object a line.")
  static let logLevel = Setting(
    "COINPAY_LOG_LEVEL", oneOf: Logger.Level.self, standard: .info,
    help:
      "The least important lines that are written: trace, debug, info, notice, warning, error or critical."
  )

  static let statusFolder = Setting(
    "COINPAY_STATUS_DIR", standard: DutyFacts.folderStandard,
    help: "Where duties of timers note how they ended; coinpay doctor and /metrics read it.")
  static let authority = Setting(
    "COINPAY_CA_FILE",
    help: "A CA certificate file in place of the system's, for providers behind a private gateway.")
  static let faultPoint = Setting(
    "COINPAY_FAULT_POINT", .choice(FaultPoint.allCases.map(\.rawValue)),
    help: "Development: where the worker kills itself.")

  /// What an operator's file of settings holds, in its order.
  static let groups = [
    SettingGroup([environment, baseURL]),
    SettingGroup([
      databaseSocket, databaseHost, databasePort, databaseAuthority, databaseName, databaseUser,
      databasePassword,
    ]),
    SettingGroup([sessionKey, encryptionKeys]),
    SettingGroup([
      orderTTL, timeZone, webThreads, webhookThreads, webhookMode, confirmAbove, operatorCoins,
      refundRule,
    ]),
    SettingGroup([
      pendingOrders, dailyOrders, dailyAmount, hourlyCancels, minutelyCalls, amountLimits,
      purgeDays,
    ]),
    SettingGroup([authentication, secondFactor, twoPersons]),
    SettingGroup([logFormat, logLevel]),
    SettingGroup(MachineSetting.alarms), SettingGroup(MachineSetting.proxy),
    SettingGroup([statusFolder]), SettingGroup(MachineSetting.backups),
    SettingGroup([authority]),
  ]

  /// What only developers or later versions use.
  static let unlisted = [databaseReplica, faultPoint]
}
