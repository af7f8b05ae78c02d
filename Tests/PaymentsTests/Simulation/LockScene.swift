import Accounts
import Audit
import Crypto
import Database
import Kit
import Operators
import PersonalData
import Provider
import Testing
import Vocabulary

@testable import Payments

/// What people do, each to whom it is done and by whom.
struct LockScene {
  private let accounts: AccountDesk
  private let zone = TimeZoneOffset.beijing
  private let asker: UserID
  private let approver: UserID
  private var keys = 0

  init(_ world: inout World) throws {
    let key = try #require(SymmetricKey([UInt8](repeating: 3, count: 32)))
    accounts = try AccountDesk(sessionKey: key, clock: world.clock.clock)
    (asker, approver) = (world.userIDs[20], world.userIDs[21])
    _ = try world.connection.execute(
      "UPDATE users SET role = 'operator' WHERE id IN \(list: [asker, approver])")
  }

  private var rule: OperatorRule { OperatorRule(coinsMax: 20, zone: zone) }

  private func word(_ actor: UserID) -> Operation {
    Operation(by: "operator:\(actor)", saying: "test")
  }

  private mutating func key() -> String {
    keys += 1
    return "key-\(keys)"
  }

  func buy(of user: UserID, _ world: inout World) throws -> Payment {
    let purchase = PurchaseRequest(
      buyer: world.buyer(user), packageID: world.packageID, method: .stripe, idempotency: nil)
    var outcome: CheckoutOutcome?
    try world.act { outcome = try $0.checkout.create(purchase, on: &$1) }
    return try world.payment(of: outcome)
  }

  /// One group of events.
  mutating func tell(
    _ news: [(Payment, ProviderEvent.Kind)], from source: ProviderEvent.Source = .notification,
    _ world: inout World
  ) throws {
    let now = world.clock.clock.now()
    var events: [ReceivedEvent] = []
    for (payment, kind) in news {
      let event = ProviderEvent(
        provider: payment.facts.provider, eventKey: key(), source: source, kind: kind,
        outTradeNo: payment.outTradeNo, providerTransactionID: "T\(payment.outTradeNo)",
        account: payment.facts.account, occurredAt: now)
      events.append(ReceivedEvent(event: try #require(event), body: nil, receivedAt: now))
    }
    try world.act { software, connection in
      for result in software.desk.receive(events, on: &connection) {
        guard case .settled = try result.get() else {
          Issue.record("not settled")
          return
        }
      }
    }
  }

  mutating func adjust(
    _ direction: CoinAdjustment.Direction, _ coins: Int64, _ world: inout World
  ) throws {
    let adjustment = try #require(
      CoinAdjustment(
        userID: world.user, direction: direction, coins: coins, by: word(asker), key: key()))
    let (rule, now) = (rule, world.clock.clock.now())
    try world.act { _, connection in
      let outcome = try adjustment.book(under: rule, on: &connection, at: now)
      switch outcome {
      case .done, .waiting: break
      default: Issue.record("\(outcome)")
      }
    }
  }

  mutating func refund(_ payment: Payment, _ amount: Int64, _ world: inout World) throws {
    let wish = RefundWish(
      orderNumber: try world.number(of: payment),
      amount: Money(minorUnits: amount, currency: payment.facts.amount.currency),
      by: word(asker), rule: .leave, key: key())
    let (rule, found) = (rule, try #require(wish))
    try world.act { software, connection in
      let answer = try RefundDesk(
        registry: software.checkout.registry, clock: software.clock, rule: rule
      ).request(found, on: &connection)
      switch answer {
      case .requested, .waiting: break
      default: Issue.record("\(answer)")
      }
    }
  }

  func approveAll(_ world: inout World) throws {
    let waiting = try OperatorRequest.open(in: &world.connection).rows
    #expect(waiting.count == 3)
    let approver = approver
    try world.act { software, connection in
      let desk = OperatorRequestDesk(
        refunds: RefundDesk(registry: software.checkout.registry, clock: software.clock),
        clock: software.clock)
      for request in waiting {
        let decision = try desk.approve(
          request.id, actor: "operator:\(approver)", on: &connection)
        guard case .done = decision else {
          Issue.record("\(decision)")
          continue
        }
      }
    }
  }

  mutating func ask(
    toConfirm payment: Payment, _ world: inout World
  ) throws -> ConfirmationOutcome? {
    let wish = try #require(
      ConfirmationWish(
        orderNumber: try world.number(of: payment), outTradeNo: payment.outTradeNo,
        providerTransactionID: nil, by: word(asker), key: key()))
    var outcome: ConfirmationOutcome?
    try world.act {
      outcome = try ConfirmationDesk(caretaker: $0.caretaker, rule: TwoPersonRule())
        .request(wish, on: &$1)
    }
    return outcome
  }

  mutating func confirm(_ payment: Payment, _ world: inout World) throws {
    guard case .waiting(let asked) = try ask(toConfirm: payment, &world) else {
      Issue.record("nobody else was needed")
      return
    }
    let approver = approver
    try world.act {
      let outcome = try ConfirmationDesk(caretaker: $0.caretaker, rule: TwoPersonRule())
        .approve(asked.id, actor: "operator:\(approver)", isAdministrator: true, on: &$1)
      guard case .settled = outcome else {
        Issue.record("\(outcome)")
        return
      }
    }
  }

  func disableAsker(_ world: inout World) throws { try setDisabled(true, &world) }
  func enableAsker(_ world: inout World) throws { try setDisabled(false, &world) }

  private func setDisabled(_ isDisabled: Bool, _ world: inout World) throws {
    let (name, operation) = (try username(of: asker, &world), word(approver))
    let (accounts, now) = (accounts, world.clock.clock.now())
    try world.act { _, connection in
      let change = try accounts.setDisabled(
        isDisabled, name, by: operation, on: &connection, at: now)
      #expect(change == .changed)
    }
  }

  func erase(_ userID: UserID, _ world: inout World) throws {
    let user = try #require(
      try User.find(try username(of: userID, &world), in: &world.connection))
    let (accounts, operation) = (accounts, word(approver))
    try world.act { software, connection in
      let report = try Erasure(
        accounts: accounts, clock: software.clock, caretaker: software.caretaker
      ).run(user, by: operation, on: &connection)
      #expect(report.pseudonym != user.username)
    }
  }

  private func username(of userID: UserID, _ world: inout World) throws -> Username {
    let text = try world.connection.first(
      "SELECT username FROM users WHERE id = \(userID)", as: String.self)
    return try #require(text.flatMap { Username($0) })
  }
}
