import Crypto
import FoundationEssentials
import Provider
import Vocabulary

extension SettingsReader {
  /// Largest key or certificate file that is read, in bytes.
  private static let fileBytesMax = 256 * 1024

  /// The text of a key or certificate: the value itself, or the file that it names by its whole path.
  mutating func material(_ name: String) -> String? {
    let value = required(name)
    guard !value.isEmpty else { return nil }
    guard value.hasPrefix("/"), !value.contains("\n"), value.utf8.count < 200 else { return value }
    guard let data = FileManager.default.contents(atPath: value) else {
      problem(name, "names the file \(value), which cannot be read")
      return nil
    }
    guard data.count <= SettingsReader.fileBytesMax,
      let text = String(validating: data, as: UTF8.self)
    else {
      problem(name, "names the file \(value), which holds no text of a key")
      return nil
    }
    return text
  }

  /// A key in any of the forms that consoles hand out; a problem never shows a part of it.
  mutating func key<Key>(_ name: String, _ parse: (String) throws(KeyError) -> Key) -> Key? {
    guard let text = material(name) else { return nil }
    do throws(KeyError) {
      return try parse(text)
    } catch {
      problem(name, "\(error)")
      return nil
    }
  }

  /// Whether a provider moves money for us.
  ///
  /// - Parameters:
  ///   - gateway: the setting of its address, and the address.
  ///   - known: the mode that the address is documented for; nil for any other address.
  mutating func mode(
    _ name: String, gateway: (name: String, url: String), known: ProviderMode?
  ) -> ProviderMode {
    let mode = choice(name, standard: known ?? ProviderMode.live)
    if let known, mode != known {
      problem(name, "is \(mode.rawValue), but \(gateway.name) is an address for \(known.rawValue)")
    }
    return mode
  }

  /// An address that a provider calls.
  mutating func notifyURL(_ name: String, isProduction: Bool) -> String {
    let url = required(name)
    guard !url.isEmpty else { return url }
    if url.contains("?") || url.contains("#") {
      problem(name, "must not have a query")
    } else if isProduction, let text = NotifyAddress.problem(url) {
      problem(name, text)
    }
    return url
  }
}
