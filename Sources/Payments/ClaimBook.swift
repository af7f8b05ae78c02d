import Database
import Ledger
import Orders
import Provider
import Vocabulary

/// The claims on a paid order's coins as the tables hold them, locked.
///
/// Order, payments and then refunds and disputes are locked already when the wallet is.
struct ClaimBook {
  let order: CoinOrder
  let payment: Payment
  let refunds: [Refund]
  let disputes: [Dispute]

  static func lock(
    _ order: CoinOrder, _ payment: Payment, in transaction: inout Transaction
  ) throws(DatabaseError) -> ClaimBook {
    ClaimBook(
      order: order, payment: payment,
      refunds: try Refund.lock(of: [payment.id], in: &transaction),
      disputes: try Dispute.lock(of: [payment.id], in: &transaction))
  }

  /// Money that arrived a second time has no coins.
  private var hasCoins: Bool { payment.facts.status == .succeeded }

  var claims: CoinClaims {
    CoinClaims(
      paid: payment.facts.amount.minorUnits, coins: order.coins, bonusCoins: order.bonusCoins,
      claims: refunds.map { claim($0) } + disputes.map { claim($0) })
  }

  /// The coins that belong to a new refund, whatever its rule does with them.
  func coinsOf(_ refund: NewRefund) -> Int64 {
    var claims = claims
    claims.put(
      CoinClaims.Claim(
        name: .refund(refund.outRequestNo), amount: refund.amount.minorUnits, isStanding: false,
        takesCoins: hasCoins, held: .none))
    return claims.wanted(by: .refund(refund.outRequestNo)).total
  }

  func claim(_ refund: Refund) -> CoinClaims.Claim {
    CoinClaims.Claim(
      name: .refund(refund.outRequestNo), amount: refund.amount.minorUnits,
      isStanding: refund.status != .failed, takesCoins: hasCoins && refund.takesCoins,
      held: refund.status == .failed ? .none : refund.share)
  }

  func claim(_ dispute: Dispute) -> CoinClaims.Claim {
    CoinClaims.Claim(
      name: .dispute(dispute.disputeID), amount: dispute.minorUnits(of: payment.facts.amount),
      isStanding: dispute.isUnfavourable, takesCoins: hasCoins && dispute.takesCoins,
      held: dispute.isUnfavourable ? dispute.frozen : .none)
  }

  /// A dispute whose money has just been withdrawn, before it takes coins.
  func claim(begun dispute: Dispute) -> CoinClaims.Claim {
    var claim = claim(dispute)
    claim.isStanding = false
    claim.held = .none
    return claim
  }

  /// Books what has changed of the coins that each claim holds. The rows of all claims are written.
  func write(
    _ changed: CoinClaims, since before: CoinClaims, eventID: EventID?,
    in transaction: inout Transaction, at moment: Timestamp
  ) throws(DatabaseError) {
    var postings: [Posting] = []
    for claim in changed.claims {
      let earlier = before[claim.name]
      let held = earlier?.held ?? .none
      // One that stands again takes anew, if only nothing: what it took the last time is still written.
      if claim.isStanding, claim.held != held || earlier?.isStanding != true {
        try write(claim, in: &transaction)
      }
      guard claim.held != held else { continue }
      for movement in movements(of: claim.name, claim.held - held) {
        postings += try Journal.postings(
          movement.kind, movement.coins, reference: reference(of: claim.name),
          userID: order.userID, orderID: order.id, eventID: eventID, in: &transaction)
      }
    }
    // What comes back first may leave again for another claim.
    let (back, taken) = (postings.filter(\.kind.isCredit), postings.filter { !$0.kind.isCredit })
    try Journal.post(back + taken, in: &transaction, at: moment)
  }

  /// What a claim that has ended took stays written with it.
  private func write(
    _ claim: CoinClaims.Claim, in transaction: inout Transaction
  ) throws(DatabaseError) {
    switch claim.name {
    case .refund(let number):
      _ = try transaction.execute(
        """
        UPDATE refunds SET coins_taken = \(claim.held.bought), bonus_taken = \(claim.held.bonus)
        WHERE payment_id = \(payment.id) AND out_request_no = \(number)
        """)
    case .dispute(let number):
      _ = try transaction.execute(
        """
        UPDATE disputes SET coins_frozen = \(claim.held.total), bonus_frozen = \(claim.held.bonus)
        WHERE payment_id = \(payment.id) AND dispute_id = \(number)
        """)
    }
  }

  /// - Parameter change: coins that a claim holds more, or below zero fewer.
  private func movements(
    of name: CoinClaims.Name, _ change: CoinShare
  ) -> [(kind: Posting.Kind, coins: Int64)] {
    let all: [(Posting.Kind, Int64)] =
      switch name {
      case .refund:
        [
          (change.bought < 0 ? .refundReturn : .refund, change.bought),
          (change.bonus < 0 ? .refundBonusReturn : .refundBonus, change.bonus),
        ]
      case .dispute: [(change.total < 0 ? .disputeRelease : .disputeHold, change.total)]
      }
    return all.filter { $0.1 != 0 }.map { ($0.0, abs($0.1)) }
  }

  /// Under which the ledger knows a claim. Numbers that others gave are not unique.
  private func reference(of name: CoinClaims.Name) -> String {
    switch name {
    case .refund(let number):
      refunds.first { $0.outRequestNo == number }?.ledgerReference ?? number
    case .dispute(let number):
      "\(payment.outTradeNo)_D\(number.suffix(Dispute.referenceCharacters))"
    }
  }
}
