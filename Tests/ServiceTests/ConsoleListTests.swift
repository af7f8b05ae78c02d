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
}
