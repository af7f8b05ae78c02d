import HTTP
import HTTPTypes
import Testing

@testable import Service

/// What the console's lists and filters say.
@Suite struct ConsoleListTests {
  private let site: SiteTester

  init() throws {
    site = try SiteTester()
    try site.signIn("admin", password: "admin-password")
  }

  @Test(arguments: [
    ("/admin/orders?status=NONE", "状态"), ("/admin/orders?method=NONE", "支付方式"),
    ("/admin/orders?from=today", "开始日期"), ("/admin/users?role=NONE", "角色"),
    ("/admin/dashboard?by=week", "统计粒度"), ("/admin/audit?after=x", "列表位置"),
  ])
  func `a filter that means nothing is named as the page names it`(target: String, name: String) {
    let answer = site.send(.get, target)
    #expect(answer.status == 400)
    #expect(answer.text.contains("筛选条件不正确：\(name)<"), "\(answer.text.prefix(3000))")
  }

  @Test func `a new package stands after the others unless it is given a place`() {
    func create(_ name: String, _ position: String = "") -> SiteAnswer {
      site.send(
        .post, "/api/admin/packages",
        json: #"{"name_zh":"\#(name)","name_en":"\#(name)","coins":7,"bonus_coins":0,"#
          + #"\#(position)"prices":"CNY:0.70","reason":"new"}"#)
    }
    for answer in [create("Later"), create("Last"), create("Early", #""position":0,"#)] {
      #expect(answer.status == 200, "\(answer.text)")
    }
    let page = site.send(.get, "/admin/packages").text
    let places = ["Starter", "Early", "Later", "Last"].compactMap {
      page.firstRange(of: "<td class=\"\">\($0)")?.lowerBound
    }
    #expect(places.count == 4 && places == places.sorted(), "\(page)")
  }

  @Test func `a package that is edited without a place keeps it`() {
    let answer = site.send(
      .post, "/api/admin/packages/2",
      json:
        #"{"name_zh":"x","name_en":"Kept","coins":7,"bonus_coins":0,"prices":"CNY:0.70","reason":"r"}"#
    )
    #expect(answer.status == 200, "\(answer.text)")
    #expect(site.send(.get, "/api/admin/packages").text.contains(#""id":2"#))
    let wrong = site.send(
      .post, "/api/admin/packages/2",
      json:
        #"{"name_zh":"x","name_en":"x","coins":7,"bonus_coins":0,"position":-1,"prices":"CNY:0.70","reason":"r"}"#
    )
    #expect(wrong.status == 400)
  }
}
