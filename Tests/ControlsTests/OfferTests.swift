import Controls
import Kit
import Testing
import Vocabulary

/// Which methods are offered, in which order.
struct OfferTests {
  private static let all: [PaymentMethod] = [.alipay, .wechat, .stripe]

  private func offer(
    _ methods: [MethodControl], usable: [PaymentMethod] = all
  ) -> [PaymentMethod] {
    Controls(methods: methods).offer(OfferTests.all, usable: usable)
  }

  @Test func `untouched controls offer what works in the site's order`() {
    #expect(offer([]) == [.alipay, .wechat, .stripe])
    #expect(offer([], usable: [.stripe, .alipay]) == [.alipay, .stripe])
    #expect(offer([], usable: []) == [])
  }

  @Test func `a method that is off is not offered`() {
    #expect(offer([MethodControl(method: .alipay, isOff: true)]) == [.wechat, .stripe])
  }

  @Test func `methods with a place come first, in the order of their places`() {
    let arranged = [
      MethodControl(method: .stripe, position: 0), MethodControl(method: .wechat, position: 1),
    ]
    #expect(offer(arranged) == [.stripe, .wechat, .alipay])
  }

  @Test func `a backup takes the place of a method that is off or does not work`() {
    #expect(
      offer([MethodControl(method: .alipay, isOff: true, backup: .stripe)]) == [.stripe, .wechat])
    #expect(
      offer([MethodControl(method: .alipay, backup: .stripe)], usable: [.wechat, .stripe])
        == [.stripe, .wechat])
  }

  @Test func `a backup that is off or does not work is no backup`() {
    let both = [
      MethodControl(method: .alipay, isOff: true, backup: .stripe),
      MethodControl(method: .stripe, isOff: true),
    ]
    #expect(offer(both) == [.wechat])
    #expect(
      offer([MethodControl(method: .alipay, isOff: true, backup: .stripe)], usable: [.alipay])
        == [])
  }

  @Test func `two methods that stand in for each other and are both off offer nothing`() {
    let both = [
      MethodControl(method: .alipay, isOff: true, backup: .wechat),
      MethodControl(method: .wechat, isOff: true, backup: .alipay),
    ]
    #expect(offer(both, usable: [.alipay, .wechat]) == [])
  }

  @Test func `whoever wanted a method is offered its backup first`() {
    let controls = Controls(methods: [MethodControl(method: .alipay, isOff: true, backup: .stripe)])
    #expect(controls.alternatives(to: .alipay, among: [.wechat, .stripe]) == [.stripe, .wechat])
    #expect(controls.alternatives(to: .alipay, among: [.wechat]) == [.wechat])
    #expect(controls.alternatives(to: .wechat, among: [.wechat, .stripe]) == [.stripe])
  }

  @Test func `a mode ends at its time`() {
    let end = Timestamp(unixSeconds: 1_800_000_000)
    let controls = Controls(switchedMode: .readOnly, until: end)
    #expect(controls.mode(at: end.adding(seconds: -1)) == .readOnly)
    #expect(controls.mode(at: end) == .open)
    #expect(Controls(switchedMode: .ordersPaused).mode(at: end) == .ordersPaused)
  }
}
