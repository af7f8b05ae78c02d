import Testing

@testable import Pages

struct PhraseTests {
  @Test(arguments: Phrase.allCases, Language.allCases)
  func `every phrase says something in every language`(phrase: Phrase, language: Language) {
    #expect(
      [.listComma, .colon].contains(phrase) || phrase.text(language).contains { $0.isLetter })
  }

  @Test(arguments: Phrase.allCases)
  func `both languages have the same places to fill in`(phrase: Phrase) {
    #expect(places(phrase.text(.chinese)) == places(phrase.text(.english)))
  }

  @Test func `every phrase is used, and templates use no other`() {
    let named = PageRenderer.sources.reduce(into: Set<String>()) { names, source in
      names.formUnion(phraseNames(String(decoding: source.bytes, as: UTF8.self)))
    }
    let usedByCode: Set<Phrase> = [
      .coinTitle, .payTitle, .ordersTitle, .transactionsTitle, .successTitle, .signInTitle,
      .registerTitle, .errorTitle, .page,
      .status, .receiptTitle, .accountTitle, .serversZone, .earlierPayment,
      .listComma, .doneChecked, .doneRenewed, .donePassword, .doneSessions, .doneSession,
      .unknownDevice, .refundedAmount, .seconds, .tryAgainAfter,
    ]
    let known = Set(Phrase.allCases.map(\.rawValue))
    #expect(named.subtracting(known) == [])
    #expect(known.subtracting(named).subtracting(usedByCode.map(\.rawValue)) == [])
  }

  @Test(arguments: ErrorCode.allCases)
  func `every error has a message in both languages and a status of its kind`(code: ErrorCode) {
    #expect(code.message(.chinese) != code.message(.english))
    #expect(code.message(.chinese).contains { !$0.isASCII })
    #expect(code.message(.english).utf8.allSatisfy { $0 < 0x80 })
    #expect((400...599).contains(code.status))
  }

  /// The words in braces, such as `{page}`.
  private func places(_ text: String) -> Set<Substring> {
    Set(
      text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap {
        $0.split(separator: "}").first
      })
  }

  /// The names behind `{{t.`.
  private func phraseNames(_ template: String) -> [String] {
    template.split(separator: "{{").filter { $0.hasPrefix("t.") }.map {
      String($0.dropFirst(2).prefix { $0 != "}" })
    }
  }
}
