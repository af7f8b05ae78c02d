import ArgumentParser
import Audit
import Database
import FoundationEssentials
import Orders
import Payments
import Vocabulary

/// What commands about orders have in common.
enum OperatorOrders {
  /// Who acts, for the record: the account of the shell.
  static var actor: String {
    let environment = ProcessInfo.processInfo.environment
    let name = environment["SUDO_USER"] ?? environment["USER"] ?? "unknown"
    return "cli:\(name.prefix(40))"
  }

  static func checkReason(_ reason: String) throws {
    guard (1...OperatorAction.textCharactersMax).contains(reason.count) else {
      throw ValidationError("--reason has 1 to \(OperatorAction.textCharactersMax) characters")
    }
  }

  static func checkKey(_ key: String?) throws {
    guard let key else { return }
    guard (1...RefundWish.keyCharactersMax).contains(key.utf8.count),
      key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw ValidationError(
        "--key has 1 to \(RefundWish.keyCharactersMax) characters of ASCII without spaces")
    }
  }

  static func number(_ text: String) throws -> OrderNumber {
    guard let number = OrderNumber(text) else {
      throw ValidationError("'\(text)' is no order number")
    }
    return number
  }

  static func find(_ text: String, on connection: inout Connection) throws -> CoinOrder {
    let number = try number(text)
    guard let order = try CoinOrder.find(number, in: &connection) else {
      Console.complain("there is no order \(number)")
      throw ExitCode.failure
    }
    return order
  }

  /// An amount in the currency of an order.
  static func amount(
    _ text: String, of number: OrderNumber, on connection: inout Connection
  ) throws -> Money {
    let order = try find(number.text, on: &connection)
    guard let money = Money(decimal: text, currency: order.amount.currency), money.minorUnits > 0
    else { throw ValidationError("'\(text)' is no amount of \(order.amount.currency)") }
    return money
  }
}
