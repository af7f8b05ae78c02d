/// The requests that ended a process lately. One that comes again is refused for a while, before anything of it is
/// parsed.
public struct FatalRequests: Sendable, Equatable {
  /// One such request, or one that was under way when a process ended for another cause.
  struct Record: Equatable, Sendable {
    let unixSeconds: Int64
    let isFatal: Bool
    let trace: RequestTrace
  }

  /// How long a request is refused that ended a process.
  public static let refusalSeconds: Int64 = 600
  /// How long it is counted.
  public static let memorySeconds: Int64 = 86_400
  static let recordsMax = 500
  /// Ends of a process that a request witnessed, after which it counts as their cause.
  static let witnessedMax = 2

  var records: [Record] = []

  public init() {}

  /// Reads what `text` wrote; what cannot be read is left out.
  public init(_ text: String) {
    records = text.split(separator: "\n").suffix(FatalRequests.recordsMax).compactMap { line in
      let parts = line.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
      guard parts.count == 6, let seconds = Int64(parts[0]), seconds >= 0,
        let bodyBytes = Int64(parts[2]),
        ["fatal", "witness"].contains(parts[1])
      else { return nil }
      return Record(
        unixSeconds: seconds, isFatal: parts[1] == "fatal",
        trace: RequestTrace(
          address: parts[3], method: parts[4], path: parts[5], bodyBytes: bodyBytes))
    }
  }

  public var text: String {
    records.map { record in
      let trace = record.trace
      return "\(record.unixSeconds) \(record.isFatal ? "fatal" : "witness") \(trace.bodyBytes) "
        + "\(trace.address) \(trace.method) \(trace.path)\n"
    }.joined()
  }

  /// Adds what the last process left behind, and forgets what is old.
  public mutating func add(_ remnants: [RequestBoard.Remnant], at unixSeconds: Int64) {
    records += remnants.map {
      Record(unixSeconds: unixSeconds, isFatal: $0.isFatal, trace: $0.trace)
    }
    let known = records.filter { !isOlder($0, FatalRequests.memorySeconds, unixSeconds) }
    records = known.suffix(FatalRequests.recordsMax)
  }

  /// How often such a request ended or witnessed the end of a process.
  public func count(_ trace: RequestTrace) -> Int {
    records.count { isSame($0.trace, trace) }
  }

  /// Whether such a request is not to be tried now.
  /// - Parameter matchesSize: whether another size of body makes it another request: among notifications, which all
  ///   come to one path from one address, it does.
  func refuses(_ trace: RequestTrace, at unixSeconds: Int64, matchesSize: Bool) -> Bool {
    let recent = records.filter {
      isSame($0.trace, trace) && (!matchesSize || $0.trace.bodyBytes == trace.bodyBytes)
        && !isOlder($0, FatalRequests.refusalSeconds, unixSeconds)
    }
    return recent.contains(where: \.isFatal) || recent.count >= FatalRequests.witnessedMax
  }

  private func isSame(_ left: RequestTrace, _ right: RequestTrace) -> Bool {
    left.address == right.address && left.path == right.path
  }

  /// Also what a clock that was set back places in the future.
  private func isOlder(_ record: Record, _ seconds: Int64, _ now: Int64) -> Bool {
    record.unixSeconds > now || now - record.unixSeconds >= seconds
  }
}
