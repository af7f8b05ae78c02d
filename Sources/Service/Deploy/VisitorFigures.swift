/// What visitors got from one colour in a while.
struct VisitorFigures: Hashable {
  let requests: Int
  let failed: Int
  /// 95 of 100 requests took no longer.
  let p95Milliseconds: Int

  static let none = VisitorFigures(requests: 0, failed: 0, p95Milliseconds: 0)

  init(requests: Int, failed: Int, p95Milliseconds: Int) {
    self.requests = max(0, requests)
    self.failed = min(max(0, failed), self.requests)
    self.p95Milliseconds = max(0, p95Milliseconds)
  }

  /// Reads what `text` wrote.
  init?(text: String) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Int($0) }
    guard parts.count == 3, numbers.count == 3, numbers.allSatisfy({ $0 >= 0 }),
      numbers[1] <= numbers[0]
    else { return nil }
    self.init(requests: numbers[0], failed: numbers[1], p95Milliseconds: numbers[2])
  }

  var text: String { "\(requests),\(failed),\(p95Milliseconds)" }

  /// From 0 to 1.
  var failedShare: Double { requests == 0 ? 0 : Double(failed) / Double(requests) }
}

/// Counts the lines of nginx's log, which is the judge and not the worker: it also knows the requests of a worker that
/// died or was never reached, and the time that the visitor waited.
struct VisitorCount {
  private var failed = 0
  private var requests = 0
  /// How many requests took so many milliseconds.
  private var durations: [Int: Int] = [:]
  private let address: [UInt8]

  /// Longest line that is looked at whole. nginx takes 8 KiB of an address and writes each byte as four at most.
  static let lineBytesMax = 64 * 1024
  /// Of the end of a line; see the format `coinpay` in coinpay-http.conf.
  private static let fieldsOfTheEnd = 6
  private static let statuses = 100...999
  private static let failureMin = 500
  /// nginx gives a request up long before.
  private static let millisecondsMax = 1_000_000_000

  init(of colour: String) { address = Array("to=unix:/run/coinpay/\(colour)/".utf8) }

  var figures: VisitorFigures {
    VisitorFigures(requests: requests, failed: failed, p95Milliseconds: p95)
  }

  /// Takes a line; what is no line of such a request counts as nothing.
  ///
  /// Fields are counted from its end, since visitors choose the address in it.
  mutating func add(_ line: [UInt8]) {
    let fields = line.split { $0 == 0x20 || $0 == 0x09 }.suffix(VisitorCount.fieldsOfTheEnd)
    guard fields.count == VisitorCount.fieldsOfTheEnd else { return }
    let (status, time, to) = (
      fields[fields.startIndex], fields[fields.startIndex + 2], fields[fields.startIndex + 4]
    )
    guard to.starts(with: address), let number = Int(String(decoding: status, as: UTF8.self)),
      VisitorCount.statuses.contains(number), let milliseconds = VisitorCount.milliseconds(time)
    else { return }
    requests += 1
    if number >= VisitorCount.failureMin { failed += 1 }
    durations[milliseconds, default: 0] += 1
  }

  /// `time=0.123`
  private static func milliseconds(_ field: ArraySlice<UInt8>) -> Int? {
    let text = String(decoding: field, as: UTF8.self)
    guard text.hasPrefix("time=") else { return nil }
    let parts = text.dropFirst(5).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count == 3, let seconds = Int(parts[0]),
      let thousandths = Int(parts[1]), seconds >= 0, thousandths >= 0
    else { return nil }
    return min(seconds, millisecondsMax / 1_000) * 1_000 + thousandths
  }

  private var p95: Int {
    var left = (requests * 95 + 99) / 100
    for (milliseconds, count) in durations.sorted(by: { $0.key < $1.key }) {
      left -= count
      if left <= 0 { return milliseconds }
    }
    return 0
  }
}
