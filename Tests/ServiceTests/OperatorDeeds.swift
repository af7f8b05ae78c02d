import Audit

/// What operators may do, each by all ways to it.
enum OperatorDeeds {
  static let all = orders + matters + people + coins + shop + requests

  private static let seen = #"{"reason":"seen"}"#

  private static let orders: [OperatorDeed] = [
    OperatorDeed(
      .queryOrder, reason: "asked", made: MadeThings.paidOrder,
      console: { ("orders/\($0)/query", "{}") }, command: { "order query \($0)" }),
    OperatorDeed(
      .resettleOrder, made: MadeThings.paidOrder,
      console: { ("orders/\($0)/resettle", seen) },
      command: { "order resettle \($0) --reason seen" }),
    OperatorDeed(
      .closeOrder, made: MadeThings.openOrder, console: { ("orders/\($0)/close", seen) },
      command: { "order close \($0) --reason seen" }),
    OperatorDeed(
      .refund, made: MadeThings.paidOrder,
      console: {
        (
          "orders/\($0)/refund",
          #"{"amount":"1.00","reason":"seen","rule":"leave","key":"refund-\#($0)"}"#
        )
      }, command: { "refund \($0) --amount 1.00 --rule leave --reason seen" }),
    OperatorDeed(
      .giveUpRefund, made: MadeThings.openRefund,
      console: { made in
        let parts = made.split(separator: " ")
        return (
          "orders/\(parts[0])/give-up-refund", #"{"refund_no":"\#(parts[1])","reason":"seen"}"#
        )
      }, command: { "order give-up-refund \($0) --reason seen" }),
    OperatorDeed(
      .requestConfirmation, made: MadeThings.openOrder,
      console: {
        (
          "orders/\($0)/confirm", #"{"out_trade_no":"\#($0)","reason":"seen","key":"word-\#($0)"}"#
        )
      }),
    OperatorDeed(
      .approveConfirmation, reason: "approved", made: MadeThings.waitingWord,
      console: { (word($0, "approve"), "{}") }),
    OperatorDeed(
      .rejectConfirmation, made: MadeThings.waitingWord, console: { (word($0, "reject"), seen) }),
  ]

  /// An order's number and the one of a word about it.
  private static func word(_ made: String, _ path: String) -> String {
    "confirmations/\(made.split(separator: " ").last ?? "")/\(path)"
  }

  private static let matters: [OperatorDeed] = [
    OperatorDeed(
      .resolveSuspense, made: MadeThings.suspense, console: { ("suspense/\($0)/resolve", seen) },
      command: { "suspense resolve \($0) --reason seen" }),
    OperatorDeed(
      .resolveDifference, made: MadeThings.difference,
      console: { ("differences/\($0)/resolve", seen) },
      command: { "reconcile resolve \($0) --reason seen" }),
    OperatorDeed(
      .discardEvent, made: MadeThings.parkedEvent, console: { ("queue/\($0)/discard", seen) },
      command: { "queue discard \($0) --reason seen" }),
    OperatorDeed(
      .retryEvent, reason: "retry", made: MadeThings.parkedEvent,
      console: { ("queue/\($0)/retry", seen) }, command: { "queue retry \($0)" }),
  ]

  private static let people: [OperatorDeed] = [
    OperatorDeed(
      .createUser, of: .user, reason: "by command", made: MadeThings.newName,
      command: { "user create \($0)" }, input: "a long way home"),
    OperatorDeed(
      .setPassword, of: .user, reason: "by command", made: MadeThings.user,
      command: { "user password \($0)" }, input: "another way home"),
    OperatorDeed(
      .disableUser, of: .user, made: MadeThings.user, console: { ("users/\($0)/disable", seen) }),
    OperatorDeed(
      .disableUser, of: .user, reason: "by command", made: MadeThings.user,
      command: { "user disable \($0)" }),
    OperatorDeed(
      .enableUser, of: .user, made: MadeThings.user, console: { ("users/\($0)/enable", seen) }),
    OperatorDeed(
      .enableUser, of: .user, reason: "by command", made: MadeThings.user,
      command: { "user enable \($0)" }),
    OperatorDeed(
      .setRole, of: .user, made: MadeThings.user,
      console: { ("users/\($0)/role", #"{"role":"viewer","reason":"seen"}"#) }),
    OperatorDeed(
      .setRole, of: .user, reason: "by command", made: MadeThings.user,
      command: { "user role \($0) viewer" }),
    OperatorDeed(
      .inviteSecondFactor, of: .user, made: MadeThings.viewer,
      console: { ("users/\($0)/second-factor/invite", seen) },
      command: { "user totp invite \($0) --reason seen" }),
    OperatorDeed(
      .resetSecondFactor, of: .user, made: MadeThings.userWithFactor,
      console: { ("users/\($0)/second-factor/reset", seen) },
      command: { "user totp reset \($0) --reason seen" }),
  ]

  private static let coins: [OperatorDeed] = [
    OperatorDeed(
      .grantCoins, of: .user, made: MadeThings.user,
      console: { ("users/\($0)/grant", #"{"coins":5,"reason":"seen","key":"grant-\#($0)"}"#) },
      command: { "coins grant \($0) 5 --reason seen" }),
    OperatorDeed(
      .deductCoins, of: .user, made: MadeThings.richUser,
      console: { ("users/\($0)/deduct", #"{"coins":5,"reason":"seen","key":"deduct-\#($0)"}"#) },
      command: { "coins deduct \($0) 5 --reason seen" }),
    OperatorDeed(
      .allowNegative, of: .user, made: MadeThings.user,
      command: { "coins allow-negative \($0) on --reason seen" }),
    OperatorDeed(
      .forbidNegative, of: .user, made: MadeThings.trustedUser,
      command: { "coins allow-negative \($0) off --reason seen" }),
  ]

  private static let shop: [OperatorDeed] = [
    OperatorDeed(
      .createPackage, of: .newestPackage,
      console: { _ in ("packages", package) },
      command: { _ in "package create 9 --zh A --en A --price CNY:0.90 --reason seen" }),
    OperatorDeed(
      .editPackage, made: MadeThings.package, console: { ("packages/\($0)", package) }),
    OperatorDeed(
      .deactivatePackage, made: MadeThings.package,
      console: { ("packages/\($0)/active", #"{"is_active":false,"reason":"seen"}"#) },
      command: { "package disable \($0) --reason seen" }),
    OperatorDeed(
      .activatePackage, made: MadeThings.package,
      console: { ("packages/\($0)/active", #"{"is_active":true,"reason":"seen"}"#) },
      command: { "package enable \($0) --reason seen" }),
    OperatorDeed(
      .switchMethod, of: .named("MOCK"),
      console: { _ in ("controls/method", #"{"method":"MOCK","is_off":false,"reason":"seen"}"#) },
      command: { _ in "method on MOCK --reason seen" }),
    OperatorDeed(
      .orderMethods, of: .named("methods"),
      console: { _ in ("controls/order", #"{"methods":"MOCK","reason":"seen"}"#) },
      command: { _ in "method order MOCK --reason seen" }),
    OperatorDeed(
      .pause, of: .named("site"),
      console: { _ in ("controls/pause", #"{"mode":"ORDERS_PAUSED","reason":"seen"}"#) },
      command: { _ in "pause --reason seen" }),
    OperatorDeed(
      .stopPayments, of: .named("site"), console: { _ in ("controls/stop-payments", seen) },
      command: { _ in "stop-payments --reason seen" }),
    OperatorDeed(
      .resume, of: .named("site"), console: { _ in ("controls/resume", seen) },
      command: { _ in "resume --reason seen" }),
  ]

  private static let package =
    #"{"name_zh":"小","name_en":"S","coins":7,"bonus_coins":0,"position":9,"prices":"CNY:0.70","reason":"seen"}"#

  private static let requests: [OperatorDeed] = [
    OperatorDeed(
      .rejectDeed, of: .named("user:1"), made: MadeThings.waitingGrant,
      console: { ("requests/\($0)/reject", seen) },
      command: { "requests reject \($0) --reason seen" }),
    OperatorDeed(
      .approveDeed, of: .named("user:1"), reason: "approved", made: MadeThings.waitingGrant,
      command: { "requests approve \($0)" }),
    OperatorDeed(
      .approveDeed, of: .named("user:1"), reason: "approved",
      made: MadeThings.waitingGrantOfCommand, console: { ("requests/\($0)/approve", "{}") }),
    OperatorDeed(
      .requestDeed, of: .named("user:1"),
      console: { _ in
        ("users/demo/grant", #"{"coins":200000,"reason":"seen","key":"large-grant"}"#)
      }, command: { _ in "coins grant demo 200000 --reason seen --key large-grant-2" }),
    OperatorDeed(
      .exportUser, of: .user, reason: "asked for", made: MadeThings.user,
      command: { "user export \($0)" }),
    OperatorDeed(
      .eraseUser, of: .user, made: MadeThings.user,
      command: { "user erase \($0) --reason seen" }),
  ]
}
