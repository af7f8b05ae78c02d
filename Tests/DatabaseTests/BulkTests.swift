import Database
import Kit
import Testing
import Vocabulary

@Suite struct BulkTests {
  private static func connection() throws -> Connection {
    var connection = try freshConnection()
    _ = try connection.execute(
      """
      CREATE TABLE t (id BIGINT PRIMARY KEY, number BIGINT NULL, text_ VARCHAR(600) NULL,
        moment DATETIME(6) NULL, UNIQUE KEY t_text (text_))
      """)
    return connection
  }

  @Test(arguments: [1, 2, 63, 64])
  func `many rows are inserted and changed in one statement`(count: Int) throws {
    var connection = try Self.connection()
    let moment = Timestamp(microseconds: 1_800_000_000_000_001)
    try connection.executeBulk(
      "INSERT INTO t (id, number, text_, moment) VALUES (?, ?, ?, ?)",
      rows: (1...count).map { number in
        [
          Int64(number), number.isMultiple(of: 3) ? Int64?.none : Int64(-number),
          number.isMultiple(of: 2) ? String?.none : String(repeating: "金\(number)", count: number),
          number.isMultiple(of: 5) ? Timestamp?.none : moment,
        ]
      })
    #expect(try connection.number("SELECT COUNT(*) FROM t") == Int64(count))
    let rows = try connection.all(
      "SELECT id, number, text_, moment FROM t ORDER BY id",
      as: (Int64, Int64?, String?, Timestamp?).self)
    for (id, number, text, time) in rows {
      #expect(number == (id % 3 == 0 ? nil : -id))
      #expect(text == (id % 2 == 0 ? nil : String(repeating: "金\(id)", count: Int(id))))
      #expect(time == (id % 5 == 0 ? nil : moment))
    }
    try connection.executeBulk(
      "UPDATE t SET number = ? WHERE id = ?", rows: (1...count).map { [Int64($0 * 2), Int64($0)] })
    let sum = try connection.first(
      "SELECT CAST(SUM(number) AS SIGNED) FROM t", as: Int64.self)
    #expect(sum == Int64(count * (count + 1)))
  }

  @Test func `a duplicate in a bulk is told with its key`() throws {
    var connection = try Self.connection()
    let error = databaseError { () throws(DatabaseError) in
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        try transaction.executeBulk(
          "INSERT INTO t (id, text_) VALUES (?, ?)",
          rows: [[Int64(1), "a"], [Int64(2), "b"], [Int64(3), "a"]])
        return .commit(())
      }
    }
    #expect(error?.kind == .duplicateKey && error?.duplicateKeyName == "t_text")
    #expect(try connection.number("SELECT COUNT(*) FROM t") == 0)
  }

  @Test func `a row that finds nothing to change is an error, unless that is expected`() throws {
    var connection = try Self.connection()
    try connection.executeBulk(
      "INSERT INTO t (id, number) VALUES (?, ?)",
      rows: [[Int64(1), Int64(1)], [Int64(3), Int64(1)]])
    let rows: [[any Bindable]] = [
      [Int64(5), Int64(1)], [Int64(5), Int64(2)], [Int64(5), Int64(4)],
    ]
    let error = databaseError { () throws(DatabaseError) in
      try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
        try transaction.executeBulk("UPDATE t SET number = ? WHERE id = ?", rows: rows)
        return .commit(())
      }
    }
    #expect(error?.message == "1 rows were affected, not 3")
    #expect(try connection.numbers("SELECT number FROM t ORDER BY id") == [1, 1])
    try connection.executeBulk("UPDATE t SET number = ? WHERE id = ?", rows: rows, expecting: .any)
    #expect(try connection.numbers("SELECT number FROM t ORDER BY id") == [5, 1])
  }

  @Test func `no rows or uneven rows are refused`() throws {
    var connection = try Self.connection()
    for rows: [[any Bindable]] in [[], [[]], [[Int64(1)], [Int64(2), Int64(3)]]] {
      let error = databaseError { () throws(DatabaseError) in
        try connection.executeBulk("INSERT INTO t (id) VALUES (?)", rows: rows)
      }
      #expect(error?.kind == .statement)
    }
  }

  @Test func `the same text works alone after it worked in bulk`() throws {
    var connection = try Self.connection()
    try connection.executeBulk(
      "INSERT INTO t (id) VALUES (?)", rows: [[Int64(1)], [Int64(2)]])
    _ = try connection.execute("INSERT INTO t (id) VALUES (\(Int64(3)))")
    #expect(try connection.number("SELECT COUNT(*) FROM t") == 3)
  }

  @Test func `more statements than the cache holds keep working`() throws {
    var connection = try Self.connection()
    for round in 1...2 {
      for width in 1...300 {
        // Each width up to a power of two is another text; 300 columns make 300 texts.
        let found = try connection.first(
          "SELECT CAST(\(Int64(width)) AS SIGNED) \(SQLWidth.text(width))", as: Int64.self)
        #expect(found == Int64(width), "round \(round)")
      }
    }
  }
}

/// Different texts with the same meaning.
private enum SQLWidth {
  static func text(_ width: Int) -> SQL {
    var text: SQL = ""
    for bit in 0..<9 where width & (1 << bit) != 0 {
      text = "\(text) \(parts[bit])"
    }
    return text
  }

  private static let parts: [SQL] = [
    "/*1*/", "/*2*/", "/*4*/", "/*8*/", "/*16*/", "/*32*/", "/*64*/", "/*128*/", "/*256*/",
  ]
}
