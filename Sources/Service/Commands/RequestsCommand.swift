import ArgumentParser
import Audit
import Database
import Logging
import Payments
import Vocabulary

struct RequestsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "requests",
    abstract: "Decide about what other operators may not do alone.",
    discussion: """
      Above COINPAY_OPERATOR_COINS_MAX coins per person and day, and for an account of one's own, coins \
      are given, taken or left with a buyer only when a second person agrees. Somebody at the shell is \
      the same person as the account of that name.
      """,
    subcommands: [List.self, Approve.self, Reject.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what waits.")

    @Option(help: "Only requests after this number.") var after: Int64 = 0

    func run() throws {
      try reportingDatabaseTrouble {
        var connection = try Settings.loadConnection()
        let part = try OperatorRequest.open(after: after, in: &connection)
        for request in part.rows {
          Console.say(
            "\(request.id)  \(request.createdAt)  \(request.subject)  \(request.username)  "
              + "\(request.words)  \(request.requestedBy)  \(request.reason)")
        }
        if part.rows.isEmpty { Console.say("nothing waits for a second person") }
        if let next = part.next {
          Console.say("\(part.more) more wait: coinpay requests list --after \(next)")
        }
      }
    }
  }

  struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Agree: it is done at once.")

    @Argument(help: "The request's number.") var id: Int64

    func run() throws {
      try RequestsCommand.decide { desk, connection in
        try desk.approve(id, actor: OperatorOrders.actor, on: &connection)
      }
    }
  }

  struct Reject: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say no.")

    @Argument(help: "The request's number.") var id: Int64
    @Option(help: "Why; kept for ever.") var reason: String

    func run() throws {
      let operation = try OperatorOrders.operation(reason)
      try RequestsCommand.decide { desk, connection in
        try desk.reject(id, by: operation, on: &connection)
      }
    }
  }

  /// Says that a second person is needed, and ends the command without having done anything.
  static func tellWaiting(_ request: OperatorRequest) throws -> Never {
    Console.say(
      "nothing was done: another administrator has to approve request \(request.id) until "
        + "\(request.expiresAt), in the console or by: coinpay requests approve \(request.id)")
    throw ExitCode.temporaryFailure
  }

  static func complainTooManyWaiting() {
    Console.complain(
      "nothing was done: \(OperatorRequest.openMax) of your actions wait already; wait for the "
        + "decisions or reject some: coinpay requests list")
  }

  private static func decide(
    _ body: (OperatorRequestDesk, inout Connection) throws -> RequestDecision
  ) throws {
    let settings = try Settings.load()
    try reportingDatabaseTrouble {
      var connection = Connection(settings.database)
      let parts = try Composition(settings, logger: Logger(label: "coinpay"))
      let desk = OperatorRequestDesk(refunds: parts.refunds, clock: SystemTime.clock)
      switch try body(desk, &connection) {
      case .done(let request): return Console.say("done: \(request.words)")
      case .rejected(let request): return Console.say("rejected: \(request.words)")
      case .notFound: Console.complain("there is no such request")
      case .alreadyDecided(let request):
        Console.complain("it is over: \(request.status.rawValue), until \(request.expiresAt)")
      case .samePerson:
        Console.complain("whoever asked, or whose account it is about, cannot agree")
      case .askerLeft: Console.complain("whoever asked may not ask for it any more; reject it")
      case .altered: Console.complain("what is stored is not what was asked for; see the audit log")
      case .stopped: OperatorOrders.complainStopped()
      case .impossible(let obstacle): Console.complain("it cannot be done: \(obstacle)")
      }
      throw ExitCode.failure
    }
  }
}
