import Testing
import Vocabulary

@Suite struct GraphicTextTests {
  @Test(arguments: ["!", "~", "COIN_20260101_00000001", "a/b:c"])
  func `a number or name is graphic`(text: String) {
    #expect(text.isGraphicASCII && text.isGraphicASCII(upTo: 22))
  }

  @Test(arguments: [" ", "a b", "a\n", "a\t", "\u{7F}", "a\0", "é", "金币", "ａ"])
  func `a space, a control and any other script is not`(text: String) {
    #expect(!text.isGraphicASCII && !text.isGraphicASCII(upTo: 64))
  }

  @Test func `the empty text is graphic, and names nothing`() {
    #expect("".isGraphicASCII && !"".isGraphicASCII(upTo: 64))
    #expect("abc".isGraphicASCII(upTo: 3) && !"abcd".isGraphicASCII(upTo: 3))
  }
}
