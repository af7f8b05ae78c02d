public import Database

/// What an account may do beside what it should be able to.
public struct GrantComparison: Hashable, Sendable {
  /// Rights that it has and should not have: `DELETE ON ledger_entries`.
  public let excess: [String]
  /// Rights that it needs and has not.
  public let missing: [String]

  /// Compares the rights of the account that a connection is made with with those of the worker.
  public static func ofWorker(
    on connection: inout Connection, database: String
  ) throws(DatabaseError) -> GrantComparison {
    let lines = try connection.all("SHOW GRANTS FOR CURRENT_USER()", as: String.self)
    return GrantComparison(granted: lines, wanted: WorkerGrants.rights, database: database)
  }

  /// - Parameters:
  ///   - granted: lines of SHOW GRANTS. They may hold the hash of a password, which no result holds.
  ///   - wanted: what stands between GRANT and TO, on tables of `database`.
  init(granted: [String], wanted: [String], database: String) {
    let has = Set(granted.flatMap { Right.all(ofGrant: $0, database: database) })
    let needs = Set(wanted.flatMap { Right.all(between: $0, database: database) })
    excess = has.subtracting(needs).map(\.description).sorted()
    missing = needs.subtracting(has).map(\.description).sorted()
  }
}

/// One privilege on one thing.
private struct Right: Hashable, CustomStringConvertible {
  let privilege: String
  /// Without the database where it is ours.
  let object: String

  var description: String { object.isEmpty ? privilege : "\(privilege) ON \(object)" }

  /// Reads `GRANT SELECT, INSERT ON `coinpay`.`users` TO `worker`@`localhost` WITH GRANT OPTION`; a
  /// line without ON gives a role.
  static func all(ofGrant line: String, database: String) -> [Right] {
    let plain = line.filter { $0 != "`" }
    guard plain.hasPrefix("GRANT "), let to = plain.firstRange(of: " TO ") else { return [] }
    let content = String(plain[..<to.lowerBound].dropFirst("GRANT ".count))
    guard content.contains(" ON ") else { return [Right(privilege: "role \(content)", object: "")] }
    var rights = all(between: content, database: database)
    if plain[to.upperBound...].contains("WITH GRANT OPTION"), let object = rights.first?.object {
      rights.append(Right(privilege: "GRANT OPTION", object: object))
    }
    // Every account has it; it allows nothing.
    return rights.filter { $0.privilege != "USAGE" }
  }

  /// Reads `SELECT, INSERT ON users`.
  static func all(between text: String, database: String) -> [Right] {
    guard let on = text.firstRange(of: " ON ") else { return [] }
    let own = database + "."
    let named = String(text[on.upperBound...])
    let object =
      named.hasPrefix(own) && named != own + "*" ? String(named.dropFirst(own.count)) : named
    let privileges = String(text[..<on.lowerBound])
    // Rights on columns are a list in a list, and none of ours is one.
    if privileges.contains("(") { return [Right(privilege: privileges, object: object)] }
    return privileges.split(separator: ",").map { word in
      Right(privilege: String(word.drop { $0 == " " }), object: object)
    }
  }
}
