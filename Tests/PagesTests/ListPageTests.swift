import Kit
import Testing
import Vocabulary

@testable import Pages

struct ListPageTests {
  private let renderer: PageRenderer

  init() throws { renderer = try PageRenderer(faces: .forTests) }

  @Test func `paging keeps what the list is narrowed down to`() throws {
    let filter = ListFilterView(choice: "PAID", from: "2026-01-01", offset: "480")
    let page = renderer.orders(
      [try Samples.order(.paid)], ListPosition(page: 2, pages: 3, filter: filter), Samples.chrome())
    #expect(page.contains("href=\"?status=PAID&amp;from=2026-01-01&amp;offset=480&amp;page=3\""))
    #expect(page.contains("status=PAID&amp;from=2026-01-01&amp;offset=480&amp;page=2&amp;lang="))
    #expect(page.contains("<option value=\"PAID\" selected>Paid</option>"))
  }

  @Test func `an empty list says whether the filter is the reason`() {
    let all = ListPosition(page: 1, pages: 1)
    let some = ListPosition(page: 1, pages: 1, filter: ListFilterView(choice: "BONUS"))
    for (position, phrase) in [(all, Phrase.noEntries), (some, .noneFound)] {
      let page = renderer.transactions([], kinds: [("BONUS", "Bonus")], position, Samples.chrome())
      #expect(page.contains(phrase.text(.english)))
    }
    #expect(renderer.orders([], some, Samples.chrome()).contains(Phrase.noneFound.text(.english)))
  }

  @Test func `a receipt says who paid what, where, and what came back`() throws {
    let page = renderer.receipt(try Samples.receipt(), Samples.chrome())
    for text in ["demo", "Starter", "4200001", "¥9.90", "¥3.30", ">500<", ">50<"] {
      #expect(page.contains(text), "\(text)")
    }
  }

  @Test(arguments: Language.all)
  func `what came of a form is told in words`(language: Language) {
    let done = Samples.chrome(language, message: .done(.password))
    let page = renderer.account(Samples.account(), done)
    #expect(page.contains(Phrase.donePassword.text(language)))
    let failed = Samples.chrome(language, message: .failed(.wrongPassword))
    let told = ErrorCode.wrongPassword.message(language)
    #expect(renderer.account(Samples.account(), failed).contains("role=\"alert\">\(told)<"))
  }

  @Test func `the zone of the times is named`() {
    let page = renderer.account(Samples.account(), Samples.chrome())
    #expect(page.contains("data-zone>Times are in UTC+08:00<"))
  }
}
