import Database
import Payments
import Provider
import Vocabulary

/// Compares the lines of one day's books with our tables, a part at a time.
struct BookComparison {
  let provider: PaymentMethod
  let account: ProviderAccount
  let run: Int64
  let desk: SettlementDesk
  let clock: WallClock
  /// When the day that is compared ends.
  let dayEnd: Timestamp
  private(set) var lines: Int64 = 0
  /// Lines of other software on the same account.
  private(set) var foreignLines: Int64 = 0
  /// Refunds whose payment may follow further down in the books.
  private var early: [BookLine] = []
  /// Lines about disputes: what follows them shows at the end.
  private var disputes: [BookLine] = []

  /// Refunds that wait for the end of the books; more of them wait in the inbox.
  static let earlyLinesMax = 10_000
  /// Lines about disputes that wait for the end of the books; more of them are compared part by part.
  static let disputeLinesMax = 10_000

  init(
    _ provider: any PaymentProvider, run: Int64, day: BookDay, desk: SettlementDesk,
    clock: WallClock
  ) {
    self.provider = provider.method
    account = provider.account
    self.run = run
    self.desk = desk
    self.clock = clock
    dayEnd = day.end(in: provider.bookZone)
  }

  /// Compares a part of the books.
  ///
  /// - Parameter part: at most `BookLine.batchLinesMax` lines.
  mutating func take(
    _ part: [BookLine], on connection: inout Connection
  ) throws(DatabaseError) {
    lines += Int64(part.count)
    try comparePayments(part.filter { $0.kind == .payment }, on: &connection)
    let refunds = part.filter { $0.kind == .refund }
    try compareRefunds(refunds, isEnd: false, on: &connection)
    let moves = part.filter { $0.kind == .dispute }
    let room = max(0, Self.disputeLinesMax - disputes.count)
    disputes += moves.prefix(room)
    try compareDisputes(moves.dropFirst(room), among: DisputeMoves(moves), on: &connection)
  }

  /// Compares what had to wait for the end of the books.
  mutating func finish(on connection: inout Connection) throws(DatabaseError) {
    while !early.isEmpty {
      let part = Array(early.prefix(BookLine.batchLinesMax))
      early.removeFirst(part.count)
      try compareRefunds(part, isEnd: true, on: &connection)
    }
    let moves = DisputeMoves(disputes)
    while !disputes.isEmpty {
      let part = disputes.prefix(BookLine.batchLinesMax)
      disputes = Array(disputes.dropFirst(part.count))
      try compareDisputes(part, among: moves, on: &connection)
    }
  }

  private mutating func comparePayments(
    _ part: [BookLine], on connection: inout Connection
  ) throws(DatabaseError) {
    guard !part.isEmpty else { return }
    let compared = ours(of: try lookUpPayments(part, on: &connection))
    try write(compared, on: &connection)
    let settled = compared.filter(\.verdict.settles).map(\.line)
    guard !settled.isEmpty else { return }
    try mark(try lookUpPayments(settled, on: &connection), on: &connection)
  }

  private func lookUpPayments(
    _ part: [BookLine], on connection: inout Connection
  ) throws(DatabaseError) -> [ComparedLine] {
    let payments = try recorded(part, on: &connection)
    return part.compactMap { line in
      let payment = payments.payment(of: line)
      if payments.isForeign(line) { return ComparedLine(line: line, verdict: .foreign) }
      guard isOfAccount(payment) else { return nil }
      return ComparedLine(
        line: line,
        verdict: .ofPayment(line, payments.contradict(line) ? nil : payment), payment: payment)
    }
  }

  private mutating func compareRefunds(
    _ part: [BookLine], isEnd: Bool, on connection: inout Connection
  ) throws(DatabaseError) {
    guard !part.isEmpty else { return }
    var compared = ours(of: try lookUpRefunds(part, on: &connection))
    if !isEnd {
      let (wait, ready) = compared.divided { $0.verdict.settles && $0.payment?.isBooked != true }
      let room = max(0, Self.earlyLinesMax - early.count)
      early += wait.prefix(room).map(\.line)
      compared = ready + wait.dropFirst(room)
    }
    try write(compared, on: &connection)
    let settled = compared.filter(\.verdict.settles).map(\.line)
    guard !settled.isEmpty else { return }
    try mark(try lookUpRefunds(settled, on: &connection), on: &connection)
  }

  private func lookUpRefunds(
    _ part: [BookLine], on connection: inout Connection
  ) throws(DatabaseError) -> [ComparedLine] {
    let payments = try recorded(part, on: &connection)
    let ids = Set(part.compactMap { payments.payment(of: $0)?.id }).sorted()
    let known = ids.isEmpty ? [] : try Refund.list(ofPayments: ids, in: &connection)
    var finder = RefundFinder(known)
    return part.compactMap { line in
      guard isOfAccount(payments.payment(of: line)) else { return nil }
      let payment = payments.contradict(line) ? nil : payments.payment(of: line)
      if payments.isForeign(line) { return ComparedLine(line: line, verdict: .foreign) }
      let refund = payment.flatMap { finder.take(line, of: $0.id) }
      return ComparedLine(
        line: line, verdict: .ofRefund(line, payment, refund), payment: payment, refund: refund)
    }
  }

  private mutating func compareDisputes(
    _ lines: ArraySlice<BookLine>, among moves: DisputeMoves, on connection: inout Connection
  ) throws(DatabaseError) {
    guard !lines.isEmpty else { return }
    let part = Array(lines)
    let payments = try recorded(part, on: &connection)
    let ids = Set(part.compactMap { payments.payment(of: $0)?.id }).sorted()
    let known = ids.isEmpty ? [] : try Dispute.list(ofPayments: ids, in: &connection)
    let compared = part.compactMap { line -> ComparedLine? in
      guard isOfAccount(payments.payment(of: line)) else { return nil }
      let payment = payments.contradict(line) ? nil : payments.payment(of: line)
      if payments.isForeign(line) { return ComparedLine(line: line, verdict: .foreign) }
      let disputes = known.filter { $0.paymentID == payment?.id }
      return ComparedLine(
        line: line,
        verdict: .ofDispute(
          line, disputes, isFollowed: moves.follow(line), dayEnd: dayEnd),
        payment: payment,
        dispute: disputes.meant(by: line))
    }
    try write(ours(of: compared), on: &connection)
  }

  /// Counts the lines of others and leaves them out.
  private mutating func ours(of compared: [ComparedLine]) -> [ComparedLine] {
    let ours = compared.filter { !$0.verdict.isForeign }
    foreignLines += Int64(compared.count - ours.count)
    return ours
  }

  /// Books may hold what was paid at another application of the same merchant: that is compared when
  /// the settings name the account that it was begun at.
  private func isOfAccount(_ payment: RecordedPayment?) -> Bool {
    payment.map { account.holds($0.account) } ?? true
  }

  private func recorded(
    _ part: [BookLine], on connection: inout Connection
  ) throws(DatabaseError) -> RecordedPayments {
    try RecordedPayments.find(
      provider, providerTransactionIDs: part.compactMap(\.providerTransactionID),
      outTradeNos: part.compactMap(\.outTradeNo), in: &connection)
  }
}

extension RecordedPayments {
  func payment(of line: BookLine) -> RecordedPayment? {
    payment(
      providerTransactionID: line.providerTransactionID, outTradeNo: line.outTradeNo)
  }

  /// Other software on the same account has numbers of its own.
  func isForeign(_ line: BookLine) -> Bool {
    payment(of: line) == nil && !line.bearsNumberOfOurs
  }

  /// A line whose numbers belong to different payments is none of either, and is settled to be held.
  func contradict(_ line: BookLine) -> Bool {
    contradict(providerTransactionID: line.providerTransactionID, outTradeNo: line.outTradeNo)
  }
}

extension Array {
  /// Those for which a condition holds, and the others, each in their order.
  func divided(by condition: (Element) -> Bool) -> ([Element], [Element]) {
    (filter(condition), filter { !condition($0) })
  }
}
