import Database
import FoundationEssentials
import Kit
import Testing

/// What must not compile: each snippet is given to the compiler, which has to say why.
@Suite struct RefusedByCompilerTests {
  static let snippets: [(body: String, answer: String)] = [
    (
      """
      func f(_ connection: inout Connection) throws {
        try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
          try connection.ping()
          return .commit(())
        }
      }
      """, "overlapping accesses"
    ),
    (
      """
      func f(_ connection: inout Connection) throws {
        var kept: Transaction?
        try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
          kept = consume transaction
          return .commit(())
        }
      }
      """, "missing reinitialization of inout parameter"
    ),
    (
      """
      func share(_ body: @Sendable () -> Void) {}
      func f(_ connection: consuming Connection) {
        share { _ = connection.isConnected }
      }
      """, "non-Sendable type 'Connection'"
    ),
    (
      "func f(_ connection: borrowing Connection) { let other = copy connection; _ = other }",
      "copy"
    ),
    ("func f(_ text: String) -> SQL { SQL(stringLiteral: text) }", "StaticString"),
    ("func f(_ text: String) -> SQL { \"SELECT \" + text }", "cannot convert"),
    (
      "func f(_ connection: inout Connection, _ text: String) throws { _ = try connection.execute(text) }",
      "cannot convert value of type 'String'"
    ),
  ]

  /// The repository, from this file's place in it.
  private static let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

  private static func compile(_ body: String) throws -> String {
    let folder = try PrivateMariaDB.shared.get().folder
    let name = "\(folder)/snippet-\(UInt32.random(in: 0...UInt32.max))"
    try Data("import Database\n\(body)\n".utf8).write(to: URL(filePath: name + ".swift"))
    let root = "/" + Self.root
    _ = try Command.start(
      [
        "swiftc", "-emit-sil", "-o", "/dev/null", "-swift-version", "6", "-I",
        "\(root)/.build/debug/Modules", "-Xcc",
        "-fmodule-map-file=\(root)/Sources/CMariaDB/module.modulemap", "-Xcc",
        "-I/usr/include/mariadb", name + ".swift",
      ], log: name + ".log"
    ).waitForEnd()
    return String(
      decoding: FileManager.default.contents(atPath: name + ".log") ?? Data(), as: UTF8.self)
  }

  @Test(arguments: snippets)
  func `the compiler refuses what would be unsafe`(body: String, answer: String) throws {
    let output = try Self.compile(body)
    #expect(output.contains("error:") && output.contains(answer), "\(output)")
  }

  @Test func `the compiler takes what is meant`() throws {
    let output = try Self.compile(
      """
      func f(_ connection: inout Connection, _ id: Int64) throws {
        try connection.transaction { (transaction) throws(DatabaseError) -> Completion<Void> in
          _ = try transaction.execute("UPDATE t SET n = 1 WHERE id = \\(id)")
          return .commit(())
        }
      }
      """)
    #expect(output.isEmpty, "\(output)")
  }
}
