import AdminPages
import Audit
import Pages
import Payments

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
            .moment(admin.moment(call.createdAt)), .code("\(call.provider) \(call.operation)"),
            .optionalCode(call.outTradeNo), .text(call.outcome),
            .number(String(call.durationMilliseconds)), .optionalCode(call.requestID),
            .optionalCode(call.providerRequestID),
          ]
        }, empty: admin.say(.nothingHere)))
  }

  /// What operators did to the order, and why.
  var doings: ConsoleBlock {
    .table(
      ConsoleTable(
        [
          .init(admin.say(.time)), .init(admin.say(.actor)), .init(admin.say(.action)),
          .init(admin.say(.details)), .init(admin.say(.reason)),
        ],
        trace.actions.map { action in
          [
            .moment(admin.moment(action.createdAt)), .text(actors.shown(action.actor)),
            .text(action.name(admin.language)), .optional(action.details), .text(action.reason),
          ]
        }, empty: admin.say(.nothingHere)))
  }
}
