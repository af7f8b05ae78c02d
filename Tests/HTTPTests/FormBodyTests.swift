import HTTP
import Testing

struct FormBodyTests {
  @Test func `names and values are decoded once, in order, duplicates kept`() throws {
    let form = try FormBody(Array("b=1+2&a=%E5%85%83&b=%2B%2525&&c&=d&e==f".utf8))
    #expect(form.fields.map(\.name) == ["b", "a", "b", "c", "", "e"])
    #expect(form.fields.map(\.value) == ["1 2", "元", "+%25", "", "d", "=f"])
    #expect(form["b"] == "1 2")
    #expect(form.all("b") == ["1 2", "+%25"])
    #expect(form.repeatedName == "b")
    #expect(try FormBody(Array("a=1&b=1".utf8)).repeatedName == nil)
  }

  @Test func `an empty body has no fields`() throws {
    #expect(try FormBody([]).fields.isEmpty)
  }

  @Test(arguments: ["a=%", "a=%1", "a=%xy", "%=a", "a=%FF", "a=%00", "a=%C3%28", "a=%+1"])
  func `an invalid escape is malformed`(body: String) {
    #expect(throws: BodyError.malformed) { try FormBody(Array(body.utf8)) }
  }

  @Test func `raw bytes that are no UTF-8 are malformed`() {
    #expect(throws: BodyError.malformed) { try FormBody([0x61, 0x3D, 0xFF]) }
    #expect(throws: BodyError.malformed) { try FormBody([0x61, 0x3D, 0x00]) }
  }

  @Test func `256 fields are taken, 257 are not`() throws {
    let most = [String](repeating: "a", count: FormBody.fieldsMax).joined(separator: "&")
    #expect(try FormBody(Array(most.utf8)).fields.count == 256)
    #expect(throws: BodyError.malformed) { try FormBody(Array((most + "&a").utf8)) }
  }
}
