import Database
import FastCGI
import HTTPSClient
import Metrics
import Payments
import Prometheus
import Provider
import Reconciliation
import Vocabulary

/// What the worker tells Prometheus.
enum Metering {
  private static let queueEvents = MetricFamily(
    "coinpay_queue_events", .gauge, "Stored events by state; parked ones need an operator.")
  private static let openWork = MetricFamily(
    "coinpay_open_work", .gauge, "Things that are not finished, by kind.")
  private static let openWorkAge = MetricFamily(
    "coinpay_open_work_oldest_seconds", .gauge, "Age of the oldest thing that is not finished.")
  private static let providerAvailable = MetricFamily(
    "coinpay_provider_available", .gauge, "0 while the breaker of a provider is open.")
  private static let databaseUp = MetricFamily(
    "coinpay_database_up", .gauge, "Whether the database answered this question.")
  private static let poolThreads = MetricFamily(
    "coinpay_pool_threads", .gauge, "Threads of a pool.")
  private static let poolBusy = MetricFamily(
    "coinpay_pool_busy_threads", .gauge, "Threads of a pool that answer a request now.")
  private static let silence = MetricFamily(
    "coinpay_unnotified_payments", .gauge,
    "Payments of the last days that were found by asking since the last notification.")
  private static let reconciled = MetricFamily(
    "coinpay_reconciliation_complete_timestamp_seconds", .gauge,
    "When books of a provider were last compared to their end.")
  private static let build = MetricFamily(
    "coinpay_build_info", .gauge, "Always 1; the label tells the version.")

  /// What is counted and timed as it happens.
  private static let counted = [
    MetricFamily(
      "coinpay_http_requests_total", .counter, "Requests by method, route and status."),
    MetricFamily(
      "coinpay_http_request_duration_seconds", .histogram, "Time to answer, by route."),
    MetricFamily(
      "coinpay_notifications_total", .counter, "Provider notifications by what was answered."),
    MetricFamily(
      "coinpay_notifications_refused_total", .counter, "Refused notifications by reason."),
    MetricFamily("coinpay_orders_total", .counter, "Orders made, by payment method."),
    MetricFamily(
      "coinpay_settlements_total", .counter, "Settled events by provider, source and outcome."),
    MetricFamily("coinpay_events_parked_total", .counter, "Events given up after the last try."),
    MetricFamily(
      "coinpay_foreign_notifications_total", .counter,
      "Notifications about other software on the same account."),
    MetricFamily(
      "coinpay_events_contradicting_total", .counter, "Events that came again with other content."),
    MetricFamily(
      "coinpay_time_to_payment_seconds", .histogram, "From the order to the credited coins."),
    MetricFamily(
      "coinpay_provider_calls_total", .counter, "Calls to providers by outcome."),
    MetricFamily(
      "coinpay_provider_call_duration_seconds", .histogram, "Time of calls to providers."),
  ]

  /// People take minutes to pay; the last two are for money that comes after its order is over.
  private static let timeToPaymentBounds: [Double] = [
    5, 10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 86_400,
  ]

  /// Counts from now on. Once for each process.
  static func start() -> MetricsRegistry {
    let registry = MetricsRegistry(
      counted, bounds: ["coinpay_time_to_payment_seconds": timeToPaymentBounds])
    MetricsSystem.bootstrap(registry)
    return registry
  }

  static func count(_ call: CallReport) {
    Counter(
      label: "coinpay_provider_calls_total",
      dimensions: [("provider", call.provider), ("outcome", outcome(call.result))]
    ).increment()
    Timer(
      label: "coinpay_provider_call_duration_seconds", dimensions: [("provider", call.provider)]
    ).recordNanoseconds(Int64(call.duration / .nanoseconds(1)))
  }

  private static func outcome(_ result: Result<Int, TransportError>) -> String {
    switch result {
    case .success(let status): "\(status / 100)xx"
    case .failure(let error): error.name
    }
  }

  /// The text for one look; figures of the database are left out while it cannot be reached.
  /// - Parameter duties: the folder of what duties noted. Nil for the process that takes notifications alone: what the
  ///   machine and the database have is told by the other one.
  static func text(
    _ registry: MetricsRegistry, _ providers: ProviderRegistry,
    pools: [(name: String, use: PoolUse)], duties: String?, at moment: Timestamp,
    on connection: inout Connection
  ) -> String {
    var samples = [
      MetricSample(build, [MetricLabel("version", Version.text)], 1)
    ]
    for (name, use) in pools {
      let label = [MetricLabel("pool", name)]
      samples.append(MetricSample(poolThreads, label, Double(use.threads)))
      samples.append(MetricSample(poolBusy, label, Double(use.busy)))
    }
    if let duties { samples += DutyMeters.samples(duties) }
    for method in providers.methods {
      let isAvailable = providers[method]?.isAvailable ?? false
      samples.append(
        MetricSample(
          providerAvailable, [MetricLabel("provider", method.rawValue)], isAvailable ? 1 : 0))
    }
    guard duties != nil else { return registry.text(with: samples) }
    do throws(DatabaseError) {
      samples += gauges(try OpenWork.load(in: &connection), at: moment)
      samples += try leftAccounts(providers, on: &connection)
      samples += try providerGauges(providers.methods, at: moment, on: &connection)
      samples.append(MetricSample(databaseUp, [], 1))
    } catch {
      samples.append(MetricSample(databaseUp, [], 0))
    }
    return registry.text(with: samples)
  }

  private static func leftAccounts(
    _ providers: ProviderRegistry, on connection: inout Connection
  ) throws(DatabaseError) -> [MetricSample] {
    let left = try LeftAccount.load(except: providers, in: &connection)
    let count = left.reduce(Int64(0)) { $0 + $1.payments + $1.refunds }
    return [MetricSample(openWork, [MetricLabel("kind", "left_accounts")], Double(count))]
  }

  private static func providerGauges(
    _ methods: [PaymentMethod], at moment: Timestamp, on connection: inout Connection
  ) throws(DatabaseError) -> [MetricSample] {
    let silences = try NotificationSilence.load(of: methods, at: moment, in: &connection)
    var samples = methods.map { method in
      let count = silences.first { $0.provider == method }?.payments ?? 0
      return MetricSample(silence, [MetricLabel("provider", method.rawValue)], Double(count))
    }
    for (method, completedAt) in try ReconciliationRun.lastCompletions(in: &connection) {
      samples.append(
        MetricSample(
          reconciled, [MetricLabel("provider", method.rawValue)], Double(completedAt.unixSeconds)))
    }
    return samples
  }

  private static func gauges(_ work: OpenWork, at moment: Timestamp) -> [MetricSample] {
    var samples = [
      MetricSample(queueEvents, [MetricLabel("state", "pending")], Double(work.queue.pending)),
      MetricSample(queueEvents, [MetricLabel("state", "parked")], Double(work.queue.parked)),
    ]
    let piles = [
      ("suspense", work.suspense.count, work.suspense.oldest),
      ("refunds", work.refunds.count, work.refunds.oldest),
      ("payments", work.payments.count, work.payments.oldest),
      ("disputes", work.disputes.count, work.disputes.oldest),
      ("queue", work.queue.pending, work.queue.oldest),
    ]
    for (kind, count, oldest) in piles {
      let label = [MetricLabel("kind", kind)]
      let age = oldest.map { Double(max(0, moment.unixSeconds - $0.unixSeconds)) } ?? 0
      samples.append(MetricSample(openWork, label, Double(count)))
      samples.append(MetricSample(openWorkAge, label, age))
    }
    return samples
  }
}
