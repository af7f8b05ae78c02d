import Pages
import Payments
import Vocabulary

extension PriceProblem {
  /// What an operator reads.
  func text(_ language: Language) -> String {
    switch self {
    case .unknownCurrency(let currency):
      Phrase.priceUnknownCurrency.text(language, ["currency": currency.code])
    case .notWhole(let currency): Phrase.priceNotWhole.text(language, ["currency": currency.code])
    case .lastDigit(let currency): Phrase.priceLastDigit.text(language, ["currency": currency.code])
    case .tooSmall(let min): Phrase.priceTooSmall.text(language, ["amount": min.description])
    case .tooLarge(let max): Phrase.priceTooLarge.text(language, ["amount": max.description])
    }
  }
}

extension RefundObstacle {
  /// What an operator reads.
  func text(_ language: Language, _ faces: MethodFaces) -> String {
    switch self {
    case .methodIsOff(let method):
      Phrase.obstacleMethodOff.text(language, ["method": faces.name(method, language)])
    case .otherAccount(let method):
      Phrase.obstacleOtherAccount.text(language, ["method": faces.name(method, language)])
    case .provider(let method, let reason):
      language.pair(faces.name(method, language), reason)
    }
  }
}
