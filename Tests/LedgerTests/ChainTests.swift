import Testing
import Vocabulary

@testable import Ledger

@Suite struct ChainTests {
  private static func wallet() -> Wallet {
    Wallet(
      id: 7, userID: UserID(3), balance: 0, entryCount: 0, headHash: Wallet.originHash)
  }

  private static func posting(_ coins: Int64, reference: String = "COIN_1") throws -> Posting {
    try #require(
      Posting(
        kind: .purchase, reference: reference, userID: UserID(3), coins: coins,
        orderID: OrderID(1), eventID: EventID(2)))
  }

  @Test func `entries are numbered, balanced and linked`() throws {
    var wallet = Self.wallet()
    let moment = Timestamp(unixSeconds: 1)
    let first = wallet.append(try Self.posting(100), at: moment)
    let second = wallet.append(try Self.posting(5, reference: "COIN_2"), at: moment)
    #expect((first.sequence, second.sequence) == (1, 2))
    #expect((first.balanceAfter, second.balanceAfter) == (100, 105))
    #expect(first.previousHash == Wallet.originHash)
    #expect(second.previousHash == first.hash)
    #expect(wallet.headHash == second.hash && wallet.balance == 105)
  }

  @Test func `the hash covers what an entry says`() throws {
    var hashes: Set<[UInt8]> = []
    for (coins, reference, seconds) in [(100, "A", 1), (101, "A", 1), (100, "B", 1), (100, "A", 2)]
    {
      var wallet = Self.wallet()
      let moment = Timestamp(unixSeconds: Int64(seconds))
      hashes.insert(
        wallet.append(try Self.posting(Int64(coins), reference: reference), at: moment).hash)
    }
    #expect(hashes.count == 4)
  }

  @Test func `a posting moves at least one coin and not too many`() {
    for coins in [Int64.min, -1, 0, Limits.coinsMax + 1, Int64.max] {
      let posting = Posting(
        kind: .bonus, reference: "r", userID: UserID(1), coins: coins, orderID: OrderID(1),
        eventID: EventID(1))
      #expect(posting == nil)
    }
  }
}
