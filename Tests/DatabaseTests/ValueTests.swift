import Database
import Kit
import Testing
import Vocabulary

@Suite struct ValueTests {
  private static func connection() throws -> Connection {
    var connection = try freshConnection()
    _ = try connection.execute(
      """
      CREATE TABLE t (id BIGINT PRIMARY KEY, signed BIGINT, unsigned_ BIGINT UNSIGNED,
        text_ VARCHAR(2000), bytes LONGBLOB, moment DATETIME(6), small INT, flag BOOLEAN)
      """)
    return connection
  }

  @Test(arguments: [Int64.min, -1, 0, 1, Int64.max])
  func `signed numbers come back`(value: Int64) throws {
    var connection = try Self.connection()
    _ = try connection.execute("INSERT INTO t (id, signed) VALUES (1, \(value))")
    #expect(try connection.number("SELECT signed FROM t") == value)
  }

  @Test(arguments: [UInt64.min, UInt64(Int64.max) + 1, UInt64.max])
  func `unsigned numbers come back`(value: UInt64) throws {
    var connection = try Self.connection()
    _ = try connection.execute("INSERT INTO t (id, unsigned_) VALUES (1, \(value))")
    #expect(try connection.first("SELECT unsigned_ FROM t", as: UInt64.self) == value)
    if value > UInt64(Int64.max) {
      let error = databaseError { () throws(DatabaseError) in
        _ = try connection.first("SELECT unsigned_ FROM t", as: Int64.self)
      }
      #expect(error?.message.contains("unsigned_") == true)
    }
  }

  @Test(arguments: [
    "", "a", "金币 🪙", "'; DROP TABLE t; --", "a\u{0}b", String(repeating: "长", count: 700),
    " trailing ",
  ])
  func `texts come back`(value: String) throws {
    var connection = try Self.connection()
    _ = try connection.execute("INSERT INTO t (id, text_) VALUES (1, \(value))")
    #expect(try connection.first("SELECT text_ FROM t", as: String.self) == value)
    let found = try connection.first(
      "SELECT id FROM t WHERE text_ IN \(list: [value, "other", "third"])", as: Int64.self)
    #expect(found == 1)
  }

  @Test(arguments: [0, 1, 511, 512, 513, 70_000, 1_048_576])
  func `blobs longer than the buffer come back`(count: Int) throws {
    var connection = try Self.connection()
    let value = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    _ = try connection.execute("INSERT INTO t (id, bytes) VALUES (1, \(value))")
    let row = try connection.first("SELECT bytes, id FROM t", as: ([UInt8], Int64).self)
    #expect(row?.0 == value && row?.1 == 1)
  }

  @Test(arguments: [
    0, 1, 999_999, 1_767_225_599_000_001, -62_135_596_800_000_000, 253_402_300_799_999_999,
  ])
  func `moments come back to the microsecond`(microseconds: Int64) throws {
    var connection = try Self.connection()
    let value = Timestamp(microseconds: microseconds)
    _ = try connection.execute("INSERT INTO t (id, moment) VALUES (1, \(value))")
    #expect(try connection.first("SELECT moment FROM t", as: Timestamp.self) == value)
    let found = try connection.first("SELECT id FROM t WHERE moment = \(value)", as: Int64.self)
    #expect(found == 1)
  }

  @Test func `NULL is nil and nil is NULL`() throws {
    var connection = try Self.connection()
    _ = try connection.execute(
      """
      INSERT INTO t (id, signed, text_, bytes, moment) VALUES (1, \(Int64?.none), \(String?.none),
        \([UInt8]?.none), \(Timestamp?.none))
      """)
    let row = try connection.first(
      "SELECT signed, text_, bytes, moment FROM t WHERE signed IS NULL",
      as: (Int64?, String?, [UInt8]?, Timestamp?).self)
    let isAllNil = row.map { $0.0 == nil && $0.1 == nil && $0.2 == nil && $0.3 == nil }
    #expect(isAllNil == true)
  }

  @Test func `a column of another type is an error that names it`() throws {
    var connection = try Self.connection()
    _ = try connection.execute("INSERT INTO t (id, text_, small, flag) VALUES (1, 'x', 2, TRUE)")
    let flag = try connection.first("SELECT flag FROM t", as: Bool.self)
    #expect(flag == true)
    let wrong: [DatabaseError?] = [
      databaseError { () throws(DatabaseError) in
        _ = try connection.first("SELECT text_ FROM t", as: Int64.self)
      },
      databaseError { () throws(DatabaseError) in
        _ = try connection.first("SELECT text_, signed FROM t", as: (String, Int64).self)
      },
      databaseError { () throws(DatabaseError) in
        _ = try connection.first("SELECT small FROM t", as: Bool.self)
      },
      databaseError { () throws(DatabaseError) in
        _ = try connection.first("SELECT text_ FROM t", as: OrderStatus.self)
      },
      databaseError { () throws(DatabaseError) in
        _ = try connection.first("SELECT text_, id FROM t", as: String.self)
      },
    ]
    #expect(wrong.allSatisfy { $0?.kind == .statement })
    #expect(wrong[1]?.message.contains("signed") == true)
    let isConnected = connection.isConnected
    #expect(isConnected)
    #expect(try connection.number("SELECT 1") == 1)
  }

  @Test(arguments: [1, 2, 3, 5, 64, 65, 1_000])
  func `lists find what is in them`(count: Int) throws {
    var connection = try Self.connection()
    let ids = (1...count).map { Int64($0) }
    _ = try connection.executeBulk("INSERT INTO t (id) VALUES (?)", rows: ids.map { [$0] })
    let found = try connection.all(
      "SELECT id FROM t WHERE id IN \(list: ids) ORDER BY id", as: Int64.self)
    #expect(found == ids)
  }

  @Test func `errors show no value`() throws {
    var connection = try Self.connection()
    let error = databaseError { () throws(DatabaseError) in
      _ = try connection.execute("INSERT INTO t (id, nothing) VALUES (1, \("secret-value"))")
    }
    #expect(error.map { "\($0)".contains("secret-value") } == false)
  }
}
