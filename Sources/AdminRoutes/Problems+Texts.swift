import Pages
import Payments
import Vocabulary

extension PriceProblem {
  /// What an operator reads.
  func text(_ language: Language) -> String {
    guard language == .chinese else { return description }
    return switch self {
    case .unknownCurrency(let currency): "支付机构不收取 \(currency)"
    case .notWhole(let currency): "\(currency) 没有小数"
    case .lastDigit(let currency): "\(currency) 的最后一位小数必须为 0"
    case .tooSmall(let min): "最低收取 \(min)"
    case .tooLarge(let max): "最高收取 \(max)"
    }
  }
}

extension RefundObstacle {
  /// What an operator reads.
  func text(_ language: Language, _ faces: MethodFaces) -> String {
    guard language == .chinese else { return description }
    return switch self {
    case .methodIsOff(let method): "\(faces.name(method, language))未配置"
    case .otherAccount(let method): "该付款是在\(faces.name(method, language))的另一个账户收取的"
    case .provider(let method, let reason): "\(faces.name(method, language))：\(reason)"
    }
  }
}
