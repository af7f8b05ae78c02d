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
}
