import Pages
import Testing
import Vocabulary

@testable import AdminPages

/// Whatever a page of the console is given comes out as text.
struct ConsoleMarkupTests {
  private static let planted = "<script>alert(1)</script>\"'&{{t.search}}"
  private static let escaped = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;{{t.search}}"
  private let renderer: ConsoleRenderer

  init() throws { renderer = try ConsoleRenderer() }

  private func render(_ page: ConsolePage, username: String = "alice", path: String = "/admin")
    -> String
  {
    renderer.render(
      page,
      ConsoleChrome(
        language: .english, path: path, query: "", username: username, role: .operator,
        isAdmitted: true, isDevelopment: false, zone: "UTC+08:00"))
  }

  private func check(_ page: String, times: Int) {
    #expect(
      page.split(separator: Self.escaped, omittingEmptySubsequences: false).count == times + 1)
    #expect(!page.contains("<script>"))
    #expect(!page.contains("\"'&"))
  }

  private static func action(_ id: String) -> ConsoleAction {
    ConsoleAction(
      planted, planted, ConsoleForm(id, to: planted, [], submit: planted, next: planted))
  }

  @Test func `characters that turn the direction of writing are shown by their numbers`() {
    let text = "user\u{202E}gpj.exe\u{2066}\u{2069}"
    let shown = "user\\u{202E}gpj.exe\\u{2066}\\u{2069}"
    for block: ConsoleBlock in [
      .text(text), .notice(text), .raw(text), .facts([("x", .text(text)), ("y", .code(text))]),
    ] {
      let page = render(ConsolePage("x", [ConsoleSection(nil, [block])]))
      #expect(page.contains(shown) && !page.contains("\u{202E}"))
    }
    let emoji = "👩‍👩‍👧 金币 \u{0627}"
    #expect(render(ConsolePage("x", [ConsoleSection(nil, [.text(emoji)])])).contains(emoji))
  }

  @Test func `the navigation counts what waits for approval`() {
    func page(_ count: Int64) -> String {
      renderer.render(
        ConsolePage("x", []),
        ConsoleChrome(
          language: .chinese, path: "/admin", query: "", username: "alice", role: .viewer,
          isAdmitted: true, isDevelopment: false, zone: "UTC", openApprovals: count))
    }
    #expect(page(3).contains("审批 <span class=\"count\">3</span>"))
    #expect(!page(0).contains("class=\"count\""))
  }

  @Test func `around the content`() {
    // The name of the reader, and the path in the address of every other language.
    check(
      render(ConsolePage("x", []), username: Self.planted, path: Self.planted),
      times: Language.all.count)
  }

  @Test func `a title, its badge and headings`() {
    let page = ConsolePage(
      Self.planted, badge: Badge(Self.planted, kind: Self.planted),
      [ConsoleSection(Self.planted, [])])
    check(render(page), times: 5)
  }

  static let blocks: [(ConsoleBlock, Int)] = [
    (.text(planted), 1), (.notice(planted), 1), (.raw(planted), 1),
    (.facts([(planted, .text(planted)), ("x", .code(planted))]), 3),
    (.links([(planted, planted)]), 2), (.picture(svg: "<svg/>", alternative: planted), 1),
    (.actions([action("a")]), 6),
    (
      .form(
        ConsoleForm(
          "f", to: planted,
          [
            ConsoleField(.hidden, "h", value: planted),
            ConsoleField(.line, "l", planted, value: planted, hint: planted),
            ConsoleField(.area, "a", planted, value: planted),
            ConsoleField(.date, "d", planted, value: planted),
            ConsoleField(.choice([(planted, planted)]), "c", planted, value: planted),
          ], submit: planted)), 13
    ),
    (
      .table(
        ConsoleTable(
          [.init(planted)],
          [
            [.text(planted)], [.code(planted)], [.number(planted)],
            [.link(planted, address: planted)], [.codeLink(planted, address: planted)],
            [.badge(Badge(planted, kind: "x"))],
          ], empty: "", more: planted)), 10
    ),
    (.table(ConsoleTable([], [], empty: planted)), 1),
    (.filters([ConsoleField(.line, "q", planted, value: planted)]), 2),
  ]

  @Test(arguments: 0..<blocks.count)
  func `every kind of block`(index: Int) {
    let (block, times) = Self.blocks[index]
    check(render(ConsolePage("x", [ConsoleSection(nil, [block])])), times: times)
  }

  @Test func `nothing is inline, as the security policy asks`() {
    for (block, _) in Self.blocks {
      let page = render(ConsolePage("x", [ConsoleSection(nil, [block])]))
      for banned in ["style=", "<style", "onclick=", "javascript:", "data:", "<script>"] {
        #expect(!page.contains(banned), "\(banned)")
      }
    }
  }
}
