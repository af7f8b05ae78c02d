import ArgumentParser
import Audit
import Database
import FoundationEssentials
import Operators
import Orders
import Payments
import Vocabulary

/// What commands about orders have in common.
enum OperatorOrders {
  /// Who acts, for the record: the account of the shell.
  static var actor: String {
    let environment = ProcessInfo.processInfo.environment
    let name = environment["SUDO_USER"] ?? environment["USER"] ?? ProcessInfo.processInfo.userName
    return "cli:\(TextLimit(40, .scalars).ascii(name))"
  }

  /// Who acts, and the reason that was given.
  static func operation(_ reason: String) throws -> Operation {
    guard let operation = Operation(by: actor, reason: reason) else {
      throw ValidationError(
        "--reason has 1 to \(TextLimit.reason.max) characters, not blanks alone")
    }
    return operation
  }

  /// Writes down what became of something that was open, and tells.
  ///
  /// - Parameters:
  ///   - name: of what is open, such as `open entry 7`.
  ///   - done: what is told then.
  static func resolve(
    _ matter: OpenMatter, _ reason: String, name: String, done: String
  ) throws {
    let operation = try operation(reason)
    try reportingDatabaseTrouble {
      var connection = try Settings.loadConnection()
      guard try matter.resolve(by: operation, on: &connection, at: SystemTime.now()) else {
        Console.complain("there is no \(name)")
        throw ExitCode.failure
      }
      Console.say(done)
    }
  }

  static func checkKey(_ key: String?) throws {
    guard let key else { return }
    guard RequestKey.isValid(key) else {
      throw ValidationError(
        "--key has 1 to \(RequestKey.charactersMax) characters of ASCII without spaces")
    }
  }

  /// The key of an action that moves coins, made and told before it is done: whoever does not learn what
  /// came of it asks again with the same key.
  static func key(_ given: String?) throws -> String {
    try checkKey(given)
    if let given { return given }
    let key = "cli-\(UInt64.random(in: .min ... .max))"
    Console.say("key \(key)")
    return key
  }

  /// Runs an action that moves coins. Where nobody knows whether it was done, it is not done again, and
  /// the way to learn it is told.
  static func moving(_ key: String, _ body: () throws -> Void) throws {
    try reportingDatabaseTrouble {
      do {
        try body()
      } catch let error as DatabaseError where error.kind == .outcomeUnknown {
        Console.complain(
          "nobody knows whether it was done: \(error). Ask again with --key \(key), which does it "
            + "once; without the key it may be done twice")
        throw ExitCode.unavailable
      }
    }
  }

  /// While settlement is stopped nobody asks providers, and nothing is settled, refunded or closed.
  static func complainStopped() {
    Console.complain("settlement is stopped; see: coinpay resume")
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
