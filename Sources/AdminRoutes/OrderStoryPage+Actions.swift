import AdminPages
import Orders
import Pages
import Payments
import Routes
import Vocabulary

extension OrderStoryPage {
  /// What the reader may do about the order in its state.
  func actions() throws -> [ConsoleAction] {
    guard admin.may(.operator) else { return [] }
    let status = order.status(at: admin.site.clock.now())
    var actions = [
      action(.queryProvider, .queryProviderText, "query", []),
      action(.resettle, .resettleText, "resettle", [admin.reasonField()]),
    ]
    if status == .pending {
      actions.append(
        action(.closeOrder, .closeOrderText, "close", [admin.reasonField()], isDangerous: true))
    }
    if let paid = trace.attempts.first(where: { $0.status == .succeeded }) {
      actions.append(try refund(paid))
    }
    let open = trace.refunds.filter(\.status.isOpen)
    if !open.isEmpty { actions.append(giveUp(open)) }
    let unpaid = trace.attempts.filter { $0.status != .succeeded && $0.status != .duplicate }
    if !unpaid.isEmpty, !status.wasCredited { actions.append(try confirm(unpaid)) }
    return actions
  }

  private func action(
    _ label: Phrase, _ text: Phrase, _ name: String, _ fields: [ConsoleField],
    isDangerous: Bool = false
  ) -> ConsoleAction {
    ConsoleAction(
      admin.say(label), admin.say(text),
      ConsoleForm(
        name, to: "/api/admin/orders/\(order.number)/\(name)", fields, submit: admin.say(label),
        isDangerous: isDangerous))
  }

  private func refund(_ paid: OrderTrace.Attempt) throws -> ConsoleAction {
    let booked = trace.refunds.filter { $0.status != .failed }.reduce(Int64(0)) {
      $0 + $1.amount.minorUnits
    }
    let left = Money(
      minorUnits: max(0, paid.amount.minorUnits - booked), currency: paid.amount.currency)
    let rules = RefundRule.allCases.map {
      (value: $0.rawValue, text: $0.name(admin.language))
    }
    return action(
      .refund, .refundExplained, "refund",
      [
        ConsoleField(
          .line, "amount", "\(admin.say(.amount)) (\(paid.amount.currency.code))", form: .optional,
          hint: admin.say(.refundAmountHint, left?.display ?? ""), isRequired: false,
          charactersMax: 16),
        ConsoleField(
          .choice(rules), "rule", admin.say(.coinRule), value: admin.console.rules.refund.rawValue),
        admin.reasonField(), try admin.keyField(),
      ], isDangerous: true)
  }

  private func giveUp(_ open: [Refund]) -> ConsoleAction {
    action(
      .giveUpRefund, .giveUpRefundText, "give-up-refund",
      [
        ConsoleField(
          .choice(
            open.map {
              (value: $0.outRequestNo, text: "\($0.outRequestNo) · \($0.amount.display)")
            }), "refund_no", admin.say(.refundNumber), value: open.last?.outRequestNo ?? ""),
        admin.reasonField(),
      ], isDangerous: true)
  }

  private func confirm(_ unpaid: [OrderTrace.Attempt]) throws -> ConsoleAction {
    action(
      .confirmByHand, .confirmByHandText, "confirm",
      [
        ConsoleField(
          .choice(
            unpaid.map { (value: $0.outTradeNo, text: "\($0.outTradeNo) · \($0.amount.display)") }),
          "out_trade_no", admin.say(.payment), value: unpaid.last?.outTradeNo ?? ""),
        ConsoleField(
          .line, "provider_txn_id", admin.say(.providerNumber), form: .optional,
          hint: admin.say(.providerNumberHint), isRequired: false, charactersMax: 128),
        admin.reasonField(), try admin.keyField(),
      ], isDangerous: true)
  }
}
