/// Whether a new version may keep its share of the traffic.
enum ShareVerdict: String, Hashable {
  /// It goes on being watched.
  case wait
  case good
  /// Too few visitors came to say anything: its own answer about itself must do.
  case few
  case worse
}

/// What is known of a share that is being watched.
struct WatchedShare: Hashable {
  let old: VisitorFigures
  let new: VisitorFigures
  /// Its units that do not run.
  var stopped: [String] = []
  let elapsedSeconds: Int
  /// For how long it is watched, at least.
  let seconds: Int

  /// Fewer requests of the new version than this say nothing: they are waited for, up to this many times the seconds.
  static let requestsMin = 20
  static let patience = 3
  /// Worse: at least so many failed requests, and more than twice the old share of them plus 0.5 %; or, of at least so
  /// many requests, a p95 above twice the old one plus 100 ms.
  static let failuresMin = 3
  static let latencyRequestsMin = 50
  private static let factor = 2.0
  private static let failedShareMargin = 0.005
  private static let marginMilliseconds = 100.0

  var verdict: ShareVerdict {
    if problem != nil { return .worse }
    if elapsedSeconds < seconds { return .wait }
    if new.requests >= WatchedShare.requestsMin { return .good }
    return elapsedSeconds / WatchedShare.patience >= seconds ? .few : .wait
  }

  /// What is worse about the new version.
  var problem: String? {
    if let unit = stopped.first { return "\(unit) does not run" }
    if new.failed >= WatchedShare.failuresMin,
      new.failedShare > WatchedShare.factor * old.failedShare + WatchedShare.failedShareMargin
    {
      return "\(new.failed) of its \(new.requests) requests failed; "
        + "\(old.failed) of \(old.requests) before"
    }
    let bound = WatchedShare.factor * Double(old.p95Milliseconds) + WatchedShare.marginMilliseconds
    if min(new.requests, old.requests) >= WatchedShare.latencyRequestsMin,
      Double(new.p95Milliseconds) > bound
    {
      return "95 % of its requests took up to \(new.p95Milliseconds) ms; "
        + "\(old.p95Milliseconds) ms before"
    }
    return nil
  }

  /// What the operator is told with the verdict.
  func words(old oldColour: String, new newColour: String) -> [String] {
    let summary =
      "\(newColour): \(new.requests) requests, \(new.failed) failed, p95 \(new.p95Milliseconds) ms; "
      + "\(oldColour): \(old.requests) requests, \(old.failed) failed, p95 \(old.p95Milliseconds) ms"
    switch verdict {
    case .wait: return []
    case .worse: return ["worse: \(problem ?? "")"]
    case .good: return [summary]
    case .few:
      return ["only \(new.requests) requests came to it; its own answers must do", summary]
    }
  }
}
