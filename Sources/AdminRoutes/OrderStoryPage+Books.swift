import AdminPages
import Audit
import Pages
import Payments
import Provider
import Routes

extension OrderStoryPage {
  /// The calls to providers about the order's payments.
  var calls: ConsoleBlock {
    .table(
      ConsoleTable(
        [
          .init(admin.say(.time)), .init(admin.say(.operation)), .init(admin.say(.merchantNumber)),
          .init(admin.say(.outcome)), .init(admin.say(.milliseconds), isNumber: true),
          .init(admin.say(.requestID)), .init(admin.say(.theirRequestID)),
        ],
        trace.calls.map { call in
          [
            .moment(admin.moment(call.createdAt)), .text(operation(call)),
            .optionalCode(call.outTradeNo), .text(call.outcome),
            .number(String(call.durationMilliseconds)), .optionalCode(call.requestID),
            .optionalCode(call.providerRequestID),
          ]
        }, empty: admin.say(.nothingHere)))
  }

  private func operation(_ call: ProviderCall) -> String {
    let name = CallPurpose.Operation.name(of: call.operation, admin.language)
    return "\(call.provider) \(name)"
  }

  /// What operators did to the order, and why.
  var doings: ConsoleBlock {
    let details = AuditDetails(
      language: admin.language, actors: actors, faces: admin.site.faces)
    return .table(
      ConsoleTable(
        [
          .init(admin.say(.time)), .init(admin.say(.actor)), .init(admin.say(.action)),
          .init(admin.say(.details)), .init(admin.say(.reason)),
        ],
        trace.actions.map { action in
          [
            .moment(admin.moment(action.createdAt)), .text(actors.shown(action.actor)),
            .text(OperatorAction.Kind.name(of: action.action, admin.language)),
            .optional(details.shown(action)), .text(action.reason),
          ]
        }, empty: admin.say(.nothingHere)))
  }
}
