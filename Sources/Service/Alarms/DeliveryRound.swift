/// One round of sending what waits, oldest first.
struct DeliveryRound {
  /// What came of a letter.
  enum Outcome: Hashable {
    case taken
    /// The other side answered that it does not take this one: another one it may take.
    case refused
    /// Nobody answered, or asks to come again.
    case unreachable
  }

  enum Step: Hashable {
    case send
    /// An address that is none any more gets nothing.
    case drop
    case leave
  }

  /// The addresses of the settings.
  let targets: [String]
  private var resting: Set<String> = []
  /// Whether something was kept for the next round.
  private(set) var keepsSomething = false

  init(targets: [String]) { self.targets = targets }

  func step(for letter: AlarmLetter) -> Step {
    guard targets.contains(letter.target) else { return .drop }
    return resting.contains(letter.target) ? .leave : .send
  }

  /// A target that does not answer is left alone until the next round.
  mutating func note(_ outcome: Outcome, of letter: AlarmLetter) {
    switch outcome {
    case .taken: return
    case .refused: keepsSomething = true
    case .unreachable:
      keepsSomething = true
      resting.insert(letter.target)
    }
  }

  /// A file of the outbox could not be read.
  mutating func noteUnreadable() { keepsSomething = true }
}
