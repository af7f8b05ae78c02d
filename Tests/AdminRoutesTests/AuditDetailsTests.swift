import Audit
import Kit
import Pages
import Testing
import Vocabulary

@testable import AdminRoutes

struct AuditDetailsTests {
  private func shown(
    _ details: String, _ kind: OperatorAction.Kind = .refund, _ language: Language = .chinese
  ) -> String {
    let action = OperatorAction.Recorded(
      id: 1, action: kind.rawValue, actor: "cli:root", subject: "user:1", reason: "r",
      details: details, createdAt: Timestamp(unixSeconds: 1))
    return AuditDetails(language: language, actors: ActorNames(), faces: .forTests).shown(action)
  }

  @Test(arguments: [
    ("100 coins", "100 金币"), ("grant 7 coins, asked for by cli:bob", "发放 7 金币、申请人：cli:bob"),
    ("deduct 7 coins", "扣除 7 金币"), ("was PENDING", "原状态：待支付"),
    (
      "refund 3.30 CNY, all that is left, take-back, 40 coins stay",
      "退款 3.30 CNY、剩余全部、全部扣回，不足则不退款、保留 40 金币"
    ),
    ("2 orders, 3 payments", "2 个订单、3 笔付款"), ("operator", "操作员"), ("off", "关闭"),
    ("backup STRIPE", "备用方式：银行卡（Stripe）"), ("R1 of 1.00 CNY, never sent", "R1 of 1.00 CNY、从未发出"),
    ("", ""), ("<b>newer</b>", "<b>newer</b>"), (" coins", " coins"),
  ])
  func `details are told in Chinese, and what is not known as it is`(
    stored: String, told: String
  ) { #expect(shown(stored) == told) }

  @Test func `answers of providers are told by payment`() {
    #expect(
      shown("C1: SUCCEEDED; C2: NOT_FOUND", .queryOrder) == "C1：已收款; C2：没有这笔付款")
  }

  @Test func `English keeps its words`() {
    #expect(shown("grant 7 coins", .requestDeed, .english) == "grant 7 coins")
  }
}
