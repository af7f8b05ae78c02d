import Alipay
import ArgumentParser
import Crypto
import HTTPSClient
import Logging
import Mock
import Payments
import Provider
import Settings
import Stripe
import Vocabulary
import WeChatPay

/// The providers that this version knows, and those of them that the settings turn on.
enum Registry {
  /// In the order in which to offer them. A new provider is its folder, a line here and its target.
  static let descriptors = [
    MockProvider.descriptor, AlipayProvider.descriptor, WeChatPay.descriptor,
    StripeProvider.descriptor,
  ]

  /// Those that move money.
  static var real: [ProviderDescriptor] { descriptors.filter { !$0.face.isPlayed } }

  static let faces = MethodFaces(descriptors.map(\.face))

  static let reservedNames = descriptors.reduce(into: Set<String>()) { $0.formUnion($1.knownAs) }

  static let tellingRefunds = Set(
    descriptors.filter(\.notifying.tellsRefunds).map(\.method))

  /// What a command says about an argument that names a provider.
  static let namesHelp = ArgumentHelp(stringLiteral: "\(names).")

  private static var names: String {
    let names = faces.real.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  /// The provider of that name, in either case, that moves money.
  static func realMethod(named name: String) throws -> PaymentMethod {
    guard let method = faces.method(named: name.uppercased()), faces.real.contains(method) else {
      throw ValidationError("'\(name)' is no provider; say \(names)")
    }
    return method
  }

  /// - Parameter recorder: writes calls down; nil for commands that only look.
  /// - Throws: `KeyError` when a certificate cannot be used.
  static func providers(
    _ settings: Settings, logger: Logger, recorder: CallRecorder? = nil
  ) throws(KeyError) -> ProviderRegistry {
    var providers: [any PaymentProvider] = []
    for (descriptor, plan) in settings.providers {
      var client = HTTPSClientConfiguration(name: descriptor.method.rawValue)
      client.caFile = settings.caFile
      // A rush of buyers waits its turn; none is sent away while a thread of theirs could wait.
      client.waitingCallsMax = settings.webThreads
      client.report = { call in
        CallLog.write(call, to: logger)
        recorder?.note(call)
      }
      providers.append(try plan.make(client))
    }
    return ProviderRegistry(providers)
  }
}
