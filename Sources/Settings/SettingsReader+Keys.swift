public import Crypto
import FoundationEssentials
import Vocabulary

extension SettingsReader {
  /// Largest key or certificate file that is read, in bytes.
  private static let fileBytesMax = 256 * 1024

  /// The text of a key or certificate: the value itself, or the file that it names by its whole path.
  public mutating func material(_ setting: Setting) -> String? {
    let value = required(setting)
    guard !value.isEmpty else { return nil }
    guard value.hasPrefix("/"), !value.contains("\n"), value.utf8.count < 200 else { return value }
    guard let data = FileManager.default.contents(atPath: value) else {
      problem(setting, "names the file \(value), which cannot be read")
      return nil
    }
    guard data.count <= SettingsReader.fileBytesMax,
      let text = String(validating: data, as: UTF8.self)
    else {
      problem(setting, "names the file \(value), which holds no text of a key")
      return nil
    }
    return text
  }

  /// A key in any of the forms that consoles hand out; a problem never shows a part of it.
  public mutating func key<Key>(_ setting: Setting, _ parse: (String) throws(KeyError) -> Key)
    -> Key?
  {
    guard let text = material(setting) else { return nil }
    do throws(KeyError) {
      return try parse(text)
    } catch {
      problem(setting, "\(error)")
      return nil
    }
  }
}
