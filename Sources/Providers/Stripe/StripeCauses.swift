import Provider

extension StripeWire.Failure {
  /// The cause without anything personal: `card_declined/insufficient_funds`.
  ///
  /// Source: docs.stripe.com/error-codes, docs.stripe.com/declines/codes.
  var cause: Cause {
    let detail = [code ?? type ?? "unknown", declineCode].compactMap { $0 }.joined(separator: "/")
    return Cause(StripeWire.Failure.kind(code: code, declineCode: declineCode, type: type), detail)
  }

  private static func kind(code: String?, declineCode: String?, type: String?) -> Cause.Kind {
    if let kind = declineCode.flatMap(kind(ofDecline:)) { return kind }
    switch code {
    case "card_declined": return .declined
    case "expired_card", "incorrect_number", "invalid_number", "invalid_expiry_month",
      "invalid_expiry_year", "invalid_cvc":
      return .instrumentUnusable
    case "incorrect_cvc", "incorrect_zip", "payment_intent_authentication_failure",
      "authentication_required":
      return .authenticationFailed
    case "amount_too_large", "amount_too_small", "card_decline_rate_limit_exceeded", "rate_limit":
      return .limitExceeded
    case "balance_insufficient", "insufficient_funds": return .insufficientFunds
    case "payment_intent_unexpected_state", "charge_already_refunded", "charge_disputed",
      "resource_missing", "refund_disputed_payment":
      return .conflict
    case "api_key_expired", "platform_api_key_expired", "secret_key_required",
      "testmode_charges_only":
      return .configuration
    default: return type == "invalid_request_error" ? .invalidRequest : .other
    }
  }

  private static func kind(ofDecline code: String) -> Cause.Kind? {
    switch code {
    case "insufficient_funds": .insufficientFunds
    case "fraudulent", "stolen_card", "lost_card", "pickup_card", "merchant_blacklist":
      .suspectedFraud
    case "authentication_required", "incorrect_pin", "incorrect_cvc", "invalid_cvc":
      .authenticationFailed
    case "expired_card", "invalid_account", "invalid_number", "card_not_supported",
      "currency_not_supported", "restricted_card":
      .instrumentUnusable
    case "card_velocity_exceeded", "withdrawal_count_limit_exceeded": .limitExceeded
    default: nil
    }
  }
}
