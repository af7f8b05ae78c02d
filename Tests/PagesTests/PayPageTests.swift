import Kit
import Testing
import Vocabulary

@testable import Pages

/// What the pay page says and offers in each situation of a buyer.
struct PayPageTests {
  private let renderer: PageRenderer

  init() throws { renderer = try PageRenderer(faces: .forTests) }

  private func page(_ view: PayView, _ language: Language = .english) -> String {
    renderer.pay(view, Samples.chrome(language))
  }

  @Test(arguments: FailureReason.allCases, Language.all)
  func `a failure is told with its cause in the reader's language`(
    reason: FailureReason, language: Language
  ) throws {
    let view = try Samples.pay(.failed, failure: reason)
    #expect(page(view, language).contains("<span data-failure>\(reason.name(language))</span>"))
    #expect(reason.name(.chinese).contains { !$0.isASCII })
    #expect(reason.name(.english).utf8.allSatisfy { $0 < 0x80 })
  }

  @Test func `an attempt that failed is told while the order waits`() throws {
    let told = page(try Samples.pay(failure: .declined))
    #expect(told.contains("data-why>"))
    #expect(page(try Samples.pay()).contains("data-why hidden>"))
  }

  @Test func `a code that has run out is hidden behind a button for a fresh one`() throws {
    let stale = page(try Samples.pay(action: .stale, method: .wechat, codeSecondsLeft: 0))
    #expect(stale.contains("data-stale data-busy-form>") && !stale.contains("<figure"))
    #expect(stale.contains("name=\"action\" value=\"renew\""))
    let fresh = page(try Samples.pay(action: .qrCode(imageURL: "/q.svg"), codeSecondsLeft: 60))
    #expect(fresh.contains("data-stale data-busy-form hidden>") && fresh.contains("<figure"))
    #expect(fresh.contains("data-code-seconds-left=\"60\""))
  }

  @Test func `a payment that its provider does not know of can be begun again`() throws {
    let told = page(try Samples.pay(action: .notStarted, method: .alipay))
    #expect(told.contains(Phrase.notStarted.text(.english)))
    #expect(told.contains("name=\"payment_method\" value=\"ALIPAY\""))
  }

  @Test func `maintenance of the method is told apart from a failure`() throws {
    let down = page(try Samples.pay(method: .alipay, unavailableMethods: [.alipay]))
    #expect(down.contains(Phrase.methodDown.text(.english)))
    let other = page(try Samples.pay(method: .alipay, unavailableMethods: [.wechat]))
    #expect(!other.contains(Phrase.methodDown.text(.english)))
  }

  @Test func `a method in maintenance is not offered for paying again`() throws {
    let down = page(try Samples.pay(.failed, method: .alipay, unavailableMethods: [.alipay]))
    #expect(!down.contains("data-switch=\"ALIPAY\"") && down.contains("data-switch=\"STRIPE\""))
  }

  @Test func `a second payment is warned about while the first is open`() throws {
    let open = page(try Samples.pay(hasOpenPayment: true))
    #expect(open.contains(Phrase.switchWarning.text(.english)))
    let closed = page(try Samples.pay(hasOpenPayment: false))
    #expect(!closed.contains(Phrase.switchWarning.text(.english)))
  }

  @Test func `payments that an earlier choice left open are named`() throws {
    let told = page(try Samples.pay(earlierOpenMethods: [.alipay, .wechat]), .chinese)
    #expect(told.contains("您之前用支付宝、微信支付发起的付款还没有关闭"))
  }

  @Test func `without a script a question is asked by the address`() throws {
    let cancel = page(try Samples.pay(question: .cancel))
    #expect(cancel.contains("data-cancel-dialog aria-labelledby=\"cancel-title\" open>"))
    let other = page(try Samples.pay(question: .switchMethod(.stripe)))
    #expect(other.contains("data-switch-dialog aria-labelledby=\"switch-title\" open>"))
    #expect(other.contains("name=\"payment_method\" value=\"STRIPE\" data-switch-to"))
    let none = page(try Samples.pay())
    #expect(!none.contains("-title\" open>"))
  }

  @Test func `a payment that is looked at by hand is told, and nothing is said of others`() throws {
    let told = page(try Samples.pay(isLookedAt: true))
    #expect(told.contains("data-looked-at>\(Phrase.lookedAt.text(.english))"))
    #expect(page(try Samples.pay()).contains("data-looked-at hidden>"))
    let after = renderer.success(
      try Samples.order(), balance: 0, isLookedAt: true, Samples.chrome())
    #expect(after.contains("data-looked-at>"))
  }

  @Test func `whoever paid twice is told that the money goes back`() throws {
    let words = Phrase.paidTwice.text(.english)
    #expect(page(try Samples.pay(.paid, isPaidTwice: true)).contains(words))
    #expect(!page(try Samples.pay(.paid)).contains(words))
  }

  @Test func `what another method costs is on its button and in the question`() throws {
    let dollars = [PaymentMethod.stripe: try Samples.price(149, .usd)]
    let told = page(try Samples.pay(question: .switchMethod(.stripe), prices: dollars))
    #expect(told.contains("Card (Stripe) <b class=\"new-price\">$1.49</b></button>"))
    #expect(told.contains("<span data-switch-name>Card (Stripe) $1.49</span>"))
    let failed = page(try Samples.pay(.failed, prices: dollars))
    #expect(failed.contains("Mock payment <b class=\"new-price\">¥9.90</b></button>"))
    #expect(failed.contains("<b class=\"new-price\">$1.49</b></button>"))
  }

  @Test func `inside WeChat the reader is sent to a browser`() throws {
    let action = PayAction.redirect(url: "https://pay.example/")
    let told = page(try Samples.pay(action: action, method: .wechat, isInsideApp: true), .chinese)
    #expect(told.contains("请点右上角「…」") && told.contains("<a class=\"button\" href"))
    let outside = page(try Samples.pay(action: action, method: .wechat))
    #expect(!outside.contains("data-inside-app"))
    #expect(outside.contains("<a class=\"button primary\" href"))
  }

  @Test func `a refund of a part says how much`() throws {
    let order = try Samples.order(.partiallyRefunded, refunded: try Samples.price(330))
    let list = renderer.orders([order], ListPosition(page: 1, pages: 1), Samples.chrome(.chinese))
    #expect(list.contains("已退 ¥3.30"))
  }

  @Test func `less than a minute is told in seconds`() {
    #expect(Names.minutesAndSeconds(13, .chinese) == "13 秒")
    #expect(Names.minutesAndSeconds(60, .chinese) == "1 分 00 秒")
    #expect(ErrorCode.rateLimited.message(.chinese, retryAfterSeconds: 61).contains("2 分钟"))
    #expect(ErrorCode.rateLimited.message(.english, retryAfterSeconds: 5).contains("in 5 s"))
  }

  @Test func `the time left and the next check are there without a script`() throws {
    let told = page(try Samples.pay(nextCheckSeconds: 65))
    #expect(told.contains("<strong data-left>1 min 30 s</strong>"))
    #expect(told.contains("Next check in about 1 min 05 s"))
  }

  @Test(arguments: [OrderStatus.paid, .refunded, .disputed])
  func `what was paid has a receipt`(status: OrderStatus) throws {
    let link = "/coin/orders/COIN_20260102_12345678/receipt\" data-when=\"PAID REFUNDED DISPUTED\""
    #expect(page(try Samples.pay(status)).contains("\(link)>"))
    #expect(page(try Samples.pay(.cancelled)).contains("\(link) hidden>"))
  }

  @Test func `every form carries its token`() throws {
    let pages = [
      page(try Samples.pay(action: .stale)), renderer.coin(try Samples.coin(), Samples.chrome()),
      renderer.account(Samples.account(), Samples.chrome()),
      renderer.signIn(next: "/coin", Samples.chrome()),
    ]
    for page in pages {
      let forms = page.split(separator: "<form ").dropFirst().filter {
        $0.prefix { $0 != ">" }.contains("method=\"post\"")
      }
      #expect(!forms.isEmpty)
      for form in forms {
        #expect(form.contains("name=\"token\" value=\"form-token\""), "\(form.prefix(200))")
      }
    }
  }
}
