import ArgumentParser
import Database
import FoundationEssentials
import Orders
import Vocabulary

/// What commands about orders have in common.
enum OperatorOrders {
  /// Who acts, for the record: the account of the shell.
  static var actor: String {
    let environment = ProcessInfo.processInfo.environment
    let name = environment["SUDO_USER"] ?? environment["USER"] ?? "unknown"
    return "cli:\(name.prefix(40))"
  }

  static func number(_ text: String) throws -> OrderNumber {
    guard let number = OrderNumber(text) else {
      throw ValidationError("'\(text)' is no order number")
    }
    return number
  }

  /// An amount in the currency of an order.
  static func amount(
    _ text: String, of number: OrderNumber, on connection: inout Connection
  ) throws -> Money {
    guard let order = try CoinOrder.find(number, in: &connection) else {
      Console.complain("there is no order \(number)")
      throw ExitCode.failure
    }
    guard let money = Money(decimal: text, currency: order.amount.currency), money.minorUnits > 0
    else { throw ValidationError("'\(text)' is no amount of \(order.amount.currency)") }
    return money
  }
}
