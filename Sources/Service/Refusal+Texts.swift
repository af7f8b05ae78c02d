import FastCGI
import HTTP
import Pages

extension Refusal {
  /// What a person reads, in the language that they prefer.
  func text(_ languages: AcceptLanguage) -> String { phrase.text(Language(languages)) }

  private var phrase: Phrase {
    switch self {
    case .malformed: .errorInvalidRequest
    case .headersTooLarge: .errorHeadersTooLarge
    case .bodyTooLarge: .errorPayloadTooLarge
    case .tooManyLargeBodies: .errorOverloaded
    case .endedProcess: .errorEndedProcess
    }
  }
}
