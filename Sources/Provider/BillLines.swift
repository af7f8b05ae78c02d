/// Lines of a provider's books that could not be read, by their numbers.
public struct UnreadableLines: Hashable, Sendable, CustomStringConvertible {
  /// From more unreadable lines than this one concludes that the file is another one than was asked for.
  public static let linesMax = 1_000
  /// Numbers that are kept for people.
  private static let numbersMax = 20

  public private(set) var count = 0
  private var numbers: [Int] = []

  public init() {}

  public var isEmpty: Bool { count == 0 }

  /// - Throws: when there are too many.
  public mutating func add(_ number: Int) throws(BillProblem) {
    guard count < UnreadableLines.linesMax else { throw .otherFile }
    count += 1
    if numbers.count < UnreadableLines.numbersMax { numbers.append(number) }
  }

  /// `3, 17`
  public var description: String {
    numbers.map(String.init).joined(separator: ", ") + (count > numbers.count ? ", …" : "")
  }
}

/// Why a bill could not be read.
public enum BillProblem: Error, Hashable, Sendable {
  /// One of its lines; the others can be.
  case line
  /// It is no bill, or none of a form that is known here.
  case otherFile
}

/// Takes the lines of a bill's file one after the other and hands on what they say, a part at a time. A line that cannot
/// be read is noted, and the rest of the day is read all the same.
public struct BillLines {
  public private(set) var count = 0
  public private(set) var unreadable = UnreadableLines()
  private var number = 0
  private var batch: [BookLine] = []

  public init() {}

  /// Takes the next line of the file.
  ///
  /// - Parameter read: what it says; nil when it says nothing of a payment.
  public mutating func take(
    _ read: () throws(BillProblem) -> BookLine?,
    _ receive: ([BookLine]) throws(BooksStopped) -> Void
  ) throws {
    number += 1
    let line: BookLine?
    do throws(BillProblem) {
      line = try read()
    } catch {
      guard error == .line else { throw error }
      return try unreadable.add(number)
    }
    guard let line else { return }
    batch.append(line)
    count += 1
    if batch.count == BookLine.batchLinesMax { try finish(receive) }
  }

  /// Hands on what is left.
  public mutating func finish(
    _ receive: ([BookLine]) throws(BooksStopped) -> Void
  ) throws(BooksStopped) {
    guard !batch.isEmpty else { return }
    try receive(batch)
    batch = []
  }

  public var outcome: BooksOutcome { .complete(lines: count, unreadable: unreadable) }
}
