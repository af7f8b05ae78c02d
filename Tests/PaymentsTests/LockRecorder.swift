import Database
import Synchronization

/// Follows the transactions of all connections and notes where one leaves the order of locks.
final class LockRecorder: StatementObserver {
  private struct State {
    var known: [String: LockingStatement] = [:]
    var held: [ObjectIdentifier: HeldLocks] = [:]
    var faults: Set<String> = []
    var paths: Set<[String]> = []
  }

  private let state = Mutex(State())

  /// What was wrong, with all that the transaction had locked.
  var faults: [String] { state.withLock { $0.faults.sorted() } }

  /// What transactions have locked, in order, without numbers of rows.
  var paths: Set<[String]> { state.withLock { $0.paths } }

  func willRun(_ text: String, _ values: [BoundValue], on session: Session) {
    let session = ObjectIdentifier(session)
    state.withLock { state in
      switch text {
      case "START TRANSACTION": state.held[session] = HeldLocks()
      case "COMMIT", "ROLLBACK":
        if let held = state.held.removeValue(forKey: session) {
          state.paths.insert(held.path.map { String($0.prefix { $0 != " " }) })
        }
      // A new session, perhaps in the place of one that was lost within a transaction.
      case _ where text.hasPrefix("SET SESSION"): state.held[session] = nil
      default:
        guard var held = state.held[session] else { return }
        let statement = state.known[text] ?? LockingStatement(text)
        state.known[text] = statement
        guard !statement.tables.isEmpty else { return }
        if let fault = held.take(statement, statement.numbers(among: values)) {
          state.faults.insert("\(fault): \(held.path.joined(separator: ", "))")
        }
        state.held[session] = held
      }
    }
  }
}

/// What a statement locks, read from its text.
struct LockingStatement {
  /// Empty for one that locks nothing that others may wait for.
  private(set) var tables: [String] = []
  /// Whether it passes over rows that others have locked.
  let skips: Bool
  /// The column behind `WHERE`, without the table's short name.
  private let column: String
  /// Places for values in all and in front of `WHERE`.
  private let (places, placesBefore): (Int, Int)

  init(_ text: String) {
    let words = text.split { $0.isWhitespace || $0 == "," }.map(String.init)
    skips = text.contains("SKIP LOCKED")
    let place = words.lastIndex(of: "WHERE")
    column =
      place.flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }?
      .split(separator: ".").last.map(String.init) ?? ""
    let isPlace = { (character: Character) in character == "?" }
    places = text.count(where: isPlace)
    placesBefore = (place.map { words[..<$0] } ?? words[...]).joined().count(where: isPlace)
    tables = LockingStatement.tables(in: words, text)
  }

  private static func tables(in words: [String], _ text: String) -> [String] {
    func after(_ word: String) -> [String] {
      words.indices.dropLast().filter { words[$0] == word }.map { words[$0 + 1] }
    }
    switch words.first {
    case "SELECT" where text.contains("FOR UPDATE") || text.contains("LOCK IN SHARE MODE"):
      return after("FROM") + after("JOIN")
    case "UPDATE": return [words[1]]
    case "DELETE": return Array(after("FROM").prefix(1))
    case "INSERT" where text.contains("ON DUPLICATE KEY") || words[2] == "payment_events":
      return [words[2]]
    default: return []
    }
  }

  /// Whether the values behind `WHERE` are the numbers by which rows of a table are locked.
  func key(of table: String) -> Bool {
    !column.isEmpty && tables == [table] && LockOrder.ascending[table] == column
  }

  /// The numbers behind `WHERE`, ascending.
  func numbers(among values: [BoundValue]) -> [Int64] {
    guard places > 0 else { return [] }
    let numbers = values.indices.compactMap { place -> Int64? in
      guard place % places >= placesBefore, case .signed(let number) = values[place] else {
        return nil
      }
      return number
    }
    return Set(numbers).sorted()
  }
}
