import Crypto
import Vocabulary

/// Time-based one-time passwords with the parameters that every app knows: SHA-1, six digits, steps of
/// 30 seconds.
///
/// Source: RFC 6238, RFC 4226 section 5.3.
enum OneTimePassword {
  static let digits = 6
  static let stepSeconds: Int64 = 30
  static let secretBytes = 20
  /// Steps by which the clock of a device may differ. Which it is shows when the device is enrolled; from then
  /// on only the one code that the device shows is taken, for the 30 seconds of its life.
  static let drifts: ClosedRange<Int64> = -1...1

  static func step(at moment: Timestamp) -> Int64 { moment.unixSeconds / stepSeconds }

  /// Whether a step was used by a clock that was ahead. It says nothing about the codes of now.
  static func isAhead(_ usedStep: Int64, at moment: Timestamp) -> Bool {
    usedStep
      > step(at: moment.adding(seconds: Schedule.clockDifferenceSecondsMax)) + drifts.upperBound
  }

  static func code(_ secret: [UInt8], step: Int64) -> String {
    let message = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * $0)) }
    let mac = HMACSHA1.authenticationCode(for: message, key: secret)
    let offset = Int((mac.last ?? 0) & 0x0F)
    let number = mac[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let text = String((number & 0x7FFF_FFFF) % 1_000_000)
    return String(repeating: "0", count: digits - text.count) + text
  }

  /// By how many steps the clock of the device that shows a code is ahead, if it is one of `drifts`.
  static func drift(
    of code: String, _ secret: [UInt8], at moment: Timestamp, among drifts: ClosedRange<Int64>
  ) -> Int64? {
    let present = step(at: moment)
    return drifts.first { drift in
      constantTimeEqual(Array(self.code(secret, step: present + drift).utf8), Array(code.utf8))
    }
  }
}

/// Codes for a day on which the phone is lost: each lets its user in once.
struct RecoveryCode {
  static let count = 10
  /// 120 bits: more than the 112 from which on a plain hash of a code gives nothing away.
  private static let randomByteCount = 15
  private static let groupCharacters = 4

  let text: String

  static func random() throws(CryptoError) -> RecoveryCode {
    let plain = Base32.encode(try randomBytes(count: randomByteCount)).lowercased()
    var groups: [Substring] = []
    var rest = plain[...]
    while !rest.isEmpty {
      groups.append(rest.prefix(groupCharacters))
      rest = rest.dropFirst(groupCharacters)
    }
    return RecoveryCode(text: groups.joined(separator: "-"))
  }

  /// What is kept of a code: capitals, spaces and hyphens do not count.
  static func hash(_ text: String, of userID: UserID) -> [UInt8] {
    let plain = text.lowercased().filter { $0 != "-" && $0 != " " }
    return SHA256.digest(Array("recovery|\(userID)|\(plain)".utf8))
  }
}
