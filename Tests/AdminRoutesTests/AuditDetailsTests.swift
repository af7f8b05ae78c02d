import Audit
import Kit
import Pages
import Testing
import Vocabulary

@testable import AdminRoutes

struct AuditDetailsTests {
  private func shown(
    _ details: String, _ kind: OperatorAction.Kind, _ language: Language = .chinese
  ) -> String {
    let action = OperatorAction.Recorded(
      id: 1, action: kind.rawValue, actor: "cli:root", subject: "user:1", reason: "r",
      details: details, createdAt: Timestamp(unixSeconds: 1))
    return AuditDetails(language: language, actors: ActorNames(), faces: .forTests).shown(action)
  }

  private static let details: [(OperatorAction.Kind, String, String)] = [
    (.grantCoins, "100 coins", "100 金币"),
    (.approveDeed, "grant 7 coins, asked for by cli:bob", "发放 7 金币、申请人：cli:bob"),
    (.requestDeed, "deduct 7 coins", "扣除 7 金币"), (.closeOrder, "was PENDING", "原状态：待支付"),
    (
      .requestDeed, "refund 3.30 CNY, all that is left, take-back, 40 coins stay",
      "退款 3.30 CNY、剩余全部、全部扣回，不足则不退款、保留 40 金币"
    ),
    (.purgeOrders, "2 orders, 3 payments", "2 个订单、3 笔付款"), (.setRole, "operator", "操作员"),
    (.switchMethod, "off", "关闭"), (.switchMethod, "backup STRIPE", "备用方式：银行卡（Stripe）"),
    (.giveUpRefund, "R1 of 1.00 CNY, never sent", "R1，金额 1.00 CNY、从未发出"),
    (.refund, "4.50 CNY as C1_R1, leave", "4.50 CNY，单号 C1_R1、不扣回"),
    (.editPackage, "100+5 coins for 9.90 CNY, 1.49 USD", "100+5 金币，价格 9.90 CNY、1.49 USD"),
    (
      .requestConfirmation, "9.90 CNY, C1 (no number): FAILED: declined",
      "9.90 CNY、C1 (no number)：付款失败：被拒绝"
    ),
    (.pause, "READ_ONLY 3 coins, as one of", "READ_ONLY 3 coins, as one of"), (.refund, "", ""),
    (.grantCoins, "<b>newer</b>", "<b>newer</b>"), (.grantCoins, " coins", " coins"),
  ]

  @Test(arguments: details)
  func `details are told in Chinese, and what is not known as it is`(
    kind: OperatorAction.Kind, stored: String, told: String
  ) { #expect(shown(stored, kind) == told) }

  @Test func `answers of providers are told by payment`() {
    #expect(
      shown("C1: SUCCEEDED; C2: NOT_FOUND", .queryOrder) == "C1：已收款；C2：没有这笔付款")
  }

  @Test func `English keeps its words`() {
    #expect(shown("grant 7 coins", .requestDeed, .english) == "grant 7 coins")
  }
}
