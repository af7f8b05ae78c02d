import Vocabulary

extension RefundAnswer {
  /// What stood in the way, in words for whoever asked; nil when it is under way.
  public var obstacle: String? {
    switch self {
    case .requested: nil
    case .stopped: "operators have stopped settlement"
    case .waiting: "a second person has to agree"
    case .tooManyWaiting: "as many wishes wait for a second person as may"
    case .repeated: "the refund was made before"
    case .keyReused: "the key belongs to another wish"
    case .orderNotFound: "there is no order of this number"
    case .notPaid(let status): "the order is \(status.rawValue), not paid"
    case .impossible(let obstacle): "nobody could carry it out, so no coins are taken: \(obstacle)"
    case .disputed: "a dispute of the order is not over: a refund would pay it twice"
    case .otherCurrency(let currency): "the order was paid in \(currency)"
    case .tooMuch(let left): "only \(left) is left of the payment"
    case .tooFine(let problem): "\(problem)"
    case .coinsSpent(let needed, let available):
      "\(needed) coins would have to come back, and the wallet has \(available)"
    }
  }
}

extension CoinAdjustment.Outcome {
  /// What stood in the way, in words for whoever asked; nil when it is done.
  public var obstacle: String? {
    switch self {
    case .done: nil
    case .waiting: "a second person has to agree"
    case .tooManyWaiting: "as many wishes wait for a second person as may"
    case .repeated: "it was done before"
    case .keyReused: "the key belongs to another action"
    case .erased: "the user is erased"
    case .tooFew(let balance): "the wallet has only \(balance) coins"
    }
  }
}
