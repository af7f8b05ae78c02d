import ArgumentParser
import Database
import Payments
import Vocabulary

extension OrderCommand {
  struct Expire: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "End every order that is overdue.",
      discussion: """
        The service does so within seconds by itself; this is for the time when it does not run. Exits 1
        when orders were overdue for more than \(overdueMinutesMax) minutes, after it ended them. Ends
        nothing while payments are stopped.
        """)

    /// Orders that are overdue for longer show that nobody ends them.
    private static let overdueMinutesMax: Int64 = 10
    /// What a service that has just been started or resumed needs to catch up.
    private static let catchUpMilliseconds = 15_000

    func run() throws {
      try OrderCommand.withCaretaker { caretaker, connection in
        let late = try lateOrders(caretaker, on: &connection)
        var ended = 0
        var found = 0
        repeat {
          found = try caretaker.expireOrders(on: &connection)
          ended += found
        } while found == Caretaker.expiredOrdersMax
        Console.say("ended \(ended) orders")
        guard late > 0 else { return }
        Console.complain(
          "\(late) of them were overdue for more than \(Expire.overdueMinutesMax) minutes: "
            + "the service does not end orders; see its log")
        throw ExitCode.failure
      }
    }

    private func lateOrders(
      _ caretaker: Caretaker, on connection: inout Connection
    ) throws(DatabaseError) -> Int {
      let moment = SystemTime.now().adding(seconds: -60 * Expire.overdueMinutesMax)
      guard try caretaker.countOverdueOrders(before: moment, on: &connection) > 0 else { return 0 }
      ControlCommands.pause(milliseconds: Expire.catchUpMilliseconds)
      return try caretaker.countOverdueOrders(before: moment, on: &connection)
    }
  }
}
