import Kit
import Testing
import Vocabulary

@testable import Pages

struct PageTests {
  private let renderer: PageRenderer

  init() throws { renderer = try PageRenderer(faces: .forTests) }

  @Test(arguments: OrderStatus.allCases, Language.all)
  func `the pay page tells each state in its own words and no other`(
    status: OrderStatus, language: Language
  ) throws {
    let page = renderer.pay(try Samples.pay(status), Samples.chrome(language))
    let told = page.split(separator: "\n").filter {
      $0.hasPrefix("<p class=\"state-text\"") && !$0.contains(" hidden>")
    }
    #expect(told.count == 1)
    #expect(told.first?.contains(text(status).text(language)) == true)
    #expect(page.contains("data-status=\"\(status.rawValue)\""))
  }

  private func text(_ status: OrderStatus) -> Phrase {
    switch status {
    case .pending: .pendingText
    case .paid: .paidText
    case .failed: .failedText
    case .expired: .expiredText
    case .cancelled: .cancelledText
    case .refunding, .refunded, .partiallyRefunded: .refundText
    case .disputed: .disputedText
    }
  }

  @Test(arguments: OrderStatus.allCases)
  func `only an order that waits can be paid or cancelled on its page`(status: OrderStatus) throws {
    let isPending = status == .pending
    let page = renderer.pay(
      try Samples.pay(status, action: isPending ? .mock(id: "m1") : .none), Samples.chrome())
    #expect(page.contains("data-mock=\"m1\"") == isPending)
    #expect(page.contains("data-cancel-confirm") == isPending)
    #expect(page.contains("data-switch=") == (isPending || status == .failed))
  }

  @Test func `a failed order offers its own method again`() throws {
    let page = renderer.pay(try Samples.pay(.failed), Samples.chrome())
    #expect(page.contains("data-switch=\"MOCK\"") && page.contains("data-switch=\"STRIPE\""))
  }

  @Test func `each method shows the price in its own currency`() throws {
    let page = renderer.coin(try Samples.coin(), Samples.chrome())
    #expect(page.contains("data-method=\"MOCK\">¥9.90<"))
    #expect(page.contains("data-method=\"STRIPE\">$1.49<"))
    #expect(page.contains("<span data-balance>1,234,567</span>"))
  }

  @Test func `a package without a price for a method says so, and without any is disabled`() throws
  {
    let chrome = Samples.chrome()
    let yuan = renderer.coin(
      try Samples.coin(otherPrices: [(.mock, try Samples.price(100))]), chrome)
    #expect(
      yuan.contains("not-for\" data-method=\"STRIPE\">\(Phrase.notForMethod.text(.english))<"))
    #expect(!yuan.contains("not-for\" data-method=\"MOCK\"") && !yuan.contains(" disabled"))
    let unsold = renderer.coin(try Samples.coin(otherPrices: []), chrome)
    #expect(unsold.contains("value=\"2\" required disabled>"))
    #expect(unsold.contains("value=\"1\" required checked>"))
  }

  @Test func `an error page of somebody signed in keeps the navigation`() {
    let known = renderer.error(.notFound, requestID: "r1", Samples.chrome(.chinese))
    #expect(known.contains("href=\"/coin/orders\"") && known.contains("请求编号："))
    let stranger = renderer.error(.notFound, requestID: "r1", Samples.chrome(username: nil))
    #expect(!stranger.contains("href=\"/coin/orders\""))
  }

  @Test func `other devices are signed out only when there are some`() {
    let label = Phrase.endOtherSessions.text(.english)
    #expect(renderer.account(Samples.account(), Samples.chrome()).contains(label))
    let alone = renderer.account(Samples.account(hasOthers: false), Samples.chrome())
    #expect(!alone.contains(label) && !alone.contains("id=\"proof\""))
  }

  @Test func `nothing can be bought when there is no way to pay`() throws {
    let page = renderer.coin(try Samples.coin(methods: []), Samples.chrome())
    #expect(page.contains(Phrase.noMethods.text(.english)))
    #expect(!page.contains(Phrase.buy.text(.english)))
  }

  @Test func `a change of language keeps what the address asks for`() throws {
    let success = renderer.success(try Samples.order(), balance: 0, Samples.chrome())
    #expect(success.contains("?order_no=COIN_20260102_12345678&amp;lang=zh-CN"))
    let list = renderer.orders([], ListPosition(page: 3, pages: 4), Samples.chrome(.chinese))
    #expect(list.contains("?page=3&amp;lang=en"))
    #expect(list.contains("rel=\"prev\" href=\"?page=2\"") && list.contains("href=\"?page=4\""))
  }

  @Test func `times are given to machines and to people`() throws {
    let page = renderer.transactions(
      [Samples.entry()], kinds: [], ListPosition(page: 1, pages: 1), Samples.chrome())
    #expect(
      page.contains("<time datetime=\"2026-01-02T11:04:05+08:00\">2026-01-02 11:04:05</time>"))
  }

  @Test func `nothing is inline, as the security policy asks`() throws {
    let pages = [
      renderer.coin(try Samples.coin(), Samples.chrome()),
      renderer.pay(try Samples.pay(action: .mock(id: "m1")), Samples.chrome()),
      renderer.signIn(next: "/coin", Samples.chrome(username: nil)),
      renderer.account(Samples.account(), Samples.chrome()),
      renderer.receipt(try Samples.receipt(), Samples.chrome()),
      renderer.orders([], ListPosition(page: 1, pages: 1), Samples.chrome()),
    ]
    for page in pages {
      for banned in ["style=", "<style", "onclick=", "javascript:", "data:", "<script>"] {
        #expect(!page.contains(banned), "\(banned)")
      }
    }
  }
}
