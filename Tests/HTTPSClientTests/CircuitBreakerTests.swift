import HTTPSClient
import Testing

struct CircuitBreakerTests {
  enum Step: Sendable {
    case fails
    case succeeds
    /// A call that never reached the other side.
    case tellsNothing
    case passes(seconds: Double)
    /// Asks, and begins a call if it may.
    case mayCall(Bool)
    case isAvailable(Bool)
  }

  struct Story: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [Step]

    init(_ name: String, _ steps: [Step]) {
      testDescription = name
      self.steps = steps
    }
  }

  private static let opened = [Step](repeating: .fails, count: 5)

  private static let stories = [
    Story("it begins closed", [.isAvailable(true), .mayCall(true), .mayCall(true)]),
    Story("four failures are borne", opened.dropLast() + [.isAvailable(true), .mayCall(true)]),
    Story("the fifth in a row opens it", opened + [.isAvailable(false), .mayCall(false)]),
    Story(
      "a success between begins the count anew",
      opened.dropLast() + [.succeeds] + opened.dropLast() + [
        .mayCall(true), .fails, .mayCall(false),
      ]
    ),
    Story(
      "a call that tells nothing changes no count",
      opened.dropLast() + [.tellsNothing, .mayCall(true), .fails, .mayCall(false)]),
    Story("it stays open for its time", opened + [.passes(seconds: 9.999), .mayCall(false)]),
    Story(
      "after its time one call probes and no second one",
      opened + [.passes(seconds: 10), .isAvailable(true), .mayCall(true), .isAvailable(false)]
        + [.mayCall(false)]),
    Story(
      "asking does not begin a probe",
      opened + [.passes(seconds: 10), .isAvailable(true), .isAvailable(true), .mayCall(true)]),
    Story(
      "a good probe closes it",
      opened + [.passes(seconds: 10), .mayCall(true), .succeeds, .mayCall(true), .mayCall(true)]
        + opened.dropLast() + [.mayCall(true)]),
    Story(
      "a bad probe opens it for another time",
      opened + [.passes(seconds: 10), .mayCall(true), .fails, .passes(seconds: 9.999)]
        + [.mayCall(false), .passes(seconds: 0.001), .mayCall(true)]),
    Story(
      "a probe that tells nothing leaves the next call to probe",
      opened + [.passes(seconds: 10), .mayCall(true), .tellsNothing, .isAvailable(true)]
        + [.mayCall(true), .mayCall(false)]),
    Story(
      "a probe that never reports does not hold it open for ever",
      opened + [.passes(seconds: 10), .mayCall(true), .passes(seconds: 10), .mayCall(true)]),
    Story(
      "a call from before that fails late does not close it",
      opened + [.fails, .mayCall(false), .passes(seconds: 10), .mayCall(true)]),
  ]

  @Test(arguments: stories)
  func `the breaker keeps its rules`(story: Story) {
    var breaker = CircuitBreaker()
    var now = ContinuousClock.now
    for (index, step) in story.steps.enumerated() {
      switch step {
      case .fails: breaker.failed(at: now)
      case .succeeds: breaker.succeeded()
      case .tellsNothing: breaker.abandoned(at: now)
      case .passes(let seconds): now += .milliseconds(Int64(seconds * 1_000))
      case .mayCall(let expected): #expect(breaker.mayCall(at: now) == expected, "step \(index)")
      case .isAvailable(let expected):
        #expect(breaker.isAvailable(at: now) == expected, "step \(index)")
      }
    }
  }
}
