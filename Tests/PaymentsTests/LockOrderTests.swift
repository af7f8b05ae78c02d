import Database
import Kit
import Orders
import Provider
import Testing
import Vocabulary

@testable import Payments

/// Whatever happens to orders, coins and accounts, every transaction locks in the one order.
@Suite struct LockOrderTests {
  @Test func `what is locked in another order is noticed`() throws {
    var world = try World.calm()
    let payment = try world.buy(by: .stripe)
    let (users, orderID) = (world.userIDs, payment.orderID)
    try world.act { _, connection in
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        for user in [users[1], users[0]] {
          _ = try transaction.first(
            "SELECT id FROM wallets WHERE user_id = \(user) FOR UPDATE", as: Int64.self)
        }
        _ = try CoinOrder.lock([orderID], in: &transaction)
        return .rollback(())
      }
    }
    let faults = world.locks.faults.compactMap { $0.split(separator: ":").first }
    #expect(
      faults == [
        "coin_orders is locked too late",
        "wallets \(users[0].value) is locked after \(users[1].value)",
      ])
  }

  @Test func `settling keeps the order, alone and in groups of several users`() throws {
    var world = try World.calm()
    var scene = try LockScene(&world)
    let first = try world.userIDs.prefix(4).map { try scene.buy(of: $0, &world) }
    try scene.tell(first.reversed().map { ($0, .succeeded(MoneyBackOrderTests.usd(149))) }, &world)
    let second = try world.userIDs.prefix(4).map { try scene.buy(of: $0, &world) }
    try scene.tell(
      [
        (first[3], MoneyBackOrderTests.refund(.succeeded, 49)),
        (first[1], MoneyBackOrderTests.dispute(.opened, 149)),
        (second[2], .succeeded(MoneyBackOrderTests.usd(149))),
        (first[0], MoneyBackOrderTests.refund(.succeeded, 20)),
        (second[0], .succeeded(MoneyBackOrderTests.usd(149))),
      ], &world)
    try scene.tell(
      [
        (first[3], MoneyBackOrderTests.dispute(.opened, 100)),
        (first[1], MoneyBackOrderTests.dispute(.won, 149)),
        (first[0], MoneyBackOrderTests.refund(.failed, 20)),
      ], &world)
    try scene.tell(
      [(second[3], .succeeded(MoneyBackOrderTests.usd(149)))], from: .reconciliation, &world)
    try world.cancel(try scene.buy(of: world.user, &world))
    let switched = try scene.buy(of: world.user, &world)
    _ = try world.turn(switched, to: .wechat)
    let refunded = try scene.buy(of: world.user, &world)
    _ = try world.pay(refunded)
    _ = try world.refund(refunded, 50)
    try world.wait(seconds: 60)
    world.decideRefunds(of: refunded, .failed)
    _ = try world.refund(refunded)
    for _ in 0..<4 { try world.wait(seconds: 3_600) }
    try world.wait(seconds: 86_400)
    try world.act { try $0.caretaker.alarmAboutOverdueWork(on: &$1) }
    let met = Set(world.locks.paths.joined())
    let wanted = [
      "site_controls", "payment_events", "coin_orders", "payments", "users", "refunds", "disputes",
      "wallets", "operator_actions",
    ]
    #expect(met.isSuperset(of: wanted), "\(met)")
    try world.expectSound()
  }

  @Test func `what operators do keeps the order, alone and by two`() throws {
    var world = try World.calm()
    var scene = try LockScene(&world)
    let payment = try scene.buy(of: world.user, &world)
    _ = try world.pay(payment)
    for coins in [5, 50] as [Int64] {
      for direction in [CoinAdjustment.Direction.grant, .deduct] {
        try scene.adjust(direction, coins, &world)
      }
    }
    try scene.refund(payment, 10, &world)
    try scene.refund(payment, 100, &world)
    try scene.approveAll(&world)
    let unpaid = try scene.buy(of: world.user, &world)
    try scene.confirm(unpaid, &world)
    try scene.adjust(.grant, 60, &world)
    try scene.adjust(.grant, 70, &world)
    try scene.disableAsker(&world)
    try scene.enableAsker(&world)
    try scene.adjust(.grant, 80, &world)
    try scene.adjust(.grant, 90, &world)
    _ = try scene.ask(toConfirm: try scene.buy(of: world.user, &world), &world)
    try scene.erase(world.user, &world)
    let met = Set(world.locks.paths.joined())
    let wanted = [
      "users", "operator_requests", "confirmations", "wallets", "operator_days", "operator_actions",
    ]
    #expect(met.isSuperset(of: wanted), "\(met)")
    #expect(world.locks.faults == [])
  }
}
