import Kit
import Testing

@testable import Pages

struct AssetNamesTests {
  /// FIPS 180-2: SHA-256 of "abc" is ba7816bf 8f01cfea 4141…
  @Test func `an address carries the first twelve digits of the content's hash`() {
    #expect(AssetNames.address("a", "css", Array("abc".utf8)) == "/assets/a.ba7816bf8f01.css")
  }

  @Test func `every page names the assets that are embedded`() throws {
    let names = AssetNames()
    let page = try PageRenderer(faces: .forTests).error(.notFound, requestID: "1", Samples.chrome())
    #expect(page.contains("<link rel=\"stylesheet\" href=\"\(names.style)\">"))
    #expect(page.contains("<script src=\"\(names.script)\" defer></script>"))
    #expect(page.contains("href=\"\(names.icon)\""))
  }

  @Test func `what a first visit loads is small`() throws {
    let page = try PageRenderer(faces: .forTests).coin(try Samples.coin(), Samples.chrome(.chinese))
    let script = PackageResources.coinpay_js.count
    let total = page.utf8.count + script + PackageResources.coinpay_css.count
    #expect(script < 16_000)
    #expect(total < 60_000)
  }
}
