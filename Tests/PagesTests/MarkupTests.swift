import Kit
import Testing
import Vocabulary

@testable import Pages

/// Texts that people chose come out as text, wherever a page shows them.
struct MarkupTests {
  private static let planted = "<script>alert(1)</script>\"'&{{t.buy}}"
  private let renderer: PageRenderer

  init() throws { renderer = try PageRenderer(faces: .forTests) }

  private func check(_ page: String) {
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;{{t.buy}}"))
    #expect(!page.contains("<script>"))
    #expect(!page.contains("\"'&{{"))
  }

  @Test func `a user's name`() throws {
    let chrome = Samples.chrome(username: MarkupTests.planted)
    check(renderer.coin(try Samples.coin(), chrome))
    check(renderer.account(Samples.account(username: MarkupTests.planted), Samples.chrome()))
    let receipt = try Samples.receipt(username: MarkupTests.planted)
    check(renderer.receipt(receipt, Samples.chrome()))
    check(renderer.signIn(next: "/coin", username: MarkupTests.planted, Samples.chrome()))
    check(renderer.register(next: "/coin", username: MarkupTests.planted, Samples.chrome()))
  }

  @Test func `a provider's number`() throws {
    let receipt = try Samples.receipt(providerNumber: MarkupTests.planted)
    check(renderer.receipt(receipt, Samples.chrome()))
  }

  @Test func `what a list is narrowed down to`() {
    let filter = ListFilterView(
      from: MarkupTests.planted, to: MarkupTests.planted, offset: MarkupTests.planted,
      toOffset: MarkupTests.planted)
    let position = ListPosition(page: 2, pages: 3, filter: filter)
    check(renderer.orders([], position, Samples.chrome()))
    check(renderer.transactions([], kinds: [], position, Samples.chrome()))
  }

  @Test func `an operators' notice`() throws {
    let chrome = Samples.chrome(notice: MarkupTests.planted)
    check(renderer.coin(try Samples.coin(), chrome))
    check(renderer.signIn(next: "/coin", chrome))
    check(renderer.error(.ordersPaused, requestID: "1", chrome))
  }

  @Test func `what operators tell everybody`() throws {
    let chrome = Chrome(
      language: .english, path: "/coin", username: nil, isDevelopment: false,
      notice: MarkupTests.planted)
    check(renderer.error(.notFound, requestID: "1", chrome))
    check(renderer.coin(try Samples.coin(), chrome))
  }

  @Test func `a path`() {
    check(renderer.error(.notFound, requestID: "1", Samples.chrome(path: MarkupTests.planted)))
  }

  @Test func `a request's number`() {
    check(renderer.error(.internal, requestID: MarkupTests.planted, Samples.chrome()))
  }

  @Test func `a package's name`() throws {
    let name = MarkupTests.planted
    let order = try Samples.order(packageName: name)
    let position = ListPosition(page: 1, pages: 1)
    check(renderer.coin(try Samples.coin(packageName: name), Samples.chrome()))
    check(renderer.pay(try Samples.pay(packageName: name), Samples.chrome()))
    check(renderer.orders([order], position, Samples.chrome()))
    check(renderer.success(order, balance: 1, Samples.chrome()))
    check(renderer.receipt(try Samples.receipt(packageName: name), Samples.chrome()))
  }

  @Test func `a ledger line's kind and reference`() throws {
    let position = ListPosition(page: 1, pages: 1)
    for entry in [
      Samples.entry(kind: MarkupTests.planted), Samples.entry(reference: MarkupTests.planted),
    ] {
      check(renderer.transactions([entry], kinds: [("BONUS", "Bonus")], position, Samples.chrome()))
    }
    check(renderer.coin(try Samples.coin(kind: MarkupTests.planted), Samples.chrome()))
    check(renderer.coin(try Samples.coin(reference: MarkupTests.planted), Samples.chrome()))
  }

  @Test(arguments: [
    PayAction.redirect(url: planted), .qrCode(imageURL: planted), .mock(id: planted),
  ])
  func `what a provider sent for the way to pay`(action: PayAction) throws {
    check(renderer.pay(try Samples.pay(action: action), Samples.chrome()))
  }

  @Test func `the path to go to after signing in`() {
    check(renderer.signIn(next: MarkupTests.planted, Samples.chrome()))
    check(renderer.register(next: MarkupTests.planted, Samples.chrome()))
  }
}
