import HTTP
import Kit
import Mock
import Provider
import Synchronization
import Testing
import Vocabulary

/// Each provider takes the steps of a notification in their order and asks in none but the last.
@Suite struct NotificationStepsTests {
  @Test(arguments: NotificationSample.allCases)
  func `a forged notification is refused before it is read`(sample: NotificationSample) throws {
    try sample.run { provider, server in
      let steps = Self.steps(of: try sample.forged(), provider, server)
      #expect(steps.taken.map(\.name) == ["authenticate"])
      #expect(steps.outcome == "refused signature_wrong")
      #expect(server.requests.isEmpty)
    }
  }

  @Test(arguments: NotificationSample.allCases)
  func `a genuine notification is asked about only to complete it`(
    sample: NotificationSample
  ) throws {
    try sample.run { provider, server in
      let steps = Self.steps(of: try sample.genuine(), provider, server)
      #expect(steps.taken.map(\.name) == ["authenticate", "read", "complete"])
      #expect(steps.taken.prefix(2).allSatisfy { $0.calls == 0 })
      #expect((steps.taken.last?.calls != 0) == sample.leavesOpen)
      #expect(steps.outcome == (sample.leavesOpen ? "unverifiable" : "events 1"))
    }
  }

  @Test(arguments: NotificationSample.allCases)
  func `nothing of one provider proves anything to the mock`(sample: NotificationSample) throws {
    let outcome = MockProvider(currency: .cny).receive(
      Notification(request: try sample.genuine(), receivedAt: NotificationSample.now))
    #expect(Self.text(outcome) == "refused not_signed")
  }

  private static func steps(
    of request: Request, _ provider: some NotificationReader, _ server: LoopbackServer
  ) -> (taken: [Step], outcome: String) {
    let watched = Watched(reader: provider, server: server)
    let outcome = watched.receive(
      Notification(request: request, receivedAt: NotificationSample.now))
    return (watched.steps.withLock { $0 }, text(outcome))
  }

  private static func text(_ outcome: NotificationOutcome) -> String {
    switch outcome {
    case .events(let events): "events \(events.count)"
    case .irrelevant(let kind): "irrelevant \(kind)"
    case .refused(let refusal): "refused \(refusal.rawValue)"
    case .unverifiable: "unverifiable"
    }
  }
}

private struct Step: Sendable {
  let name: String
  /// Calls that the provider's gateway had got when the step was over.
  let calls: Int
}

/// A reader that notes which steps are taken.
private final class Watched<Reader: NotificationReader>: NotificationReader {
  let reader: Reader
  let server: LoopbackServer
  let steps = Mutex<[Step]>([])

  init(reader: Reader, server: LoopbackServer) {
    self.reader = reader
    self.server = server
  }

  private func note(_ name: String) {
    steps.withLock { $0.append(Step(name: name, calls: server.requests.count)) }
  }

  func authenticate(_ notification: Notification) throws(NotificationFault) -> Reader.Notice {
    defer { note("authenticate") }
    return try reader.authenticate(notification)
  }

  func read(
    _ notice: Reader.Notice
  ) throws(NotificationRefusal) -> NotificationReading<Reader.News> {
    defer { note("read") }
    return try reader.read(notice)
  }

  func complete(_ news: Reader.News, now: Timestamp) -> NotificationOutcome {
    defer { note("complete") }
    return reader.complete(news, now: now)
  }
}
