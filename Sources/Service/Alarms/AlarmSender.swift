import Glibc
import HTTPSClient

/// Sends alarms by a POST, or by the machine's mail program.
///
/// Addresses may hold secrets: they are no argument of a process and stand in no line of a log.
struct AlarmSender {
  let host: String
  private let mailProgram: String
  private let seconds: Int

  static let secondsMax = 15
  static let mailProgramStandard = "/usr/sbin/sendmail"
  /// EX_DATAERR of sysexits(3): this mail will never be taken.
  private static let dataError: Int32 = 65

  init(
    host: String = AlarmSender.hostName(), mailProgram: String = mailProgramStandard,
    seconds: Int = secondsMax
  ) {
    self.host = host
    self.mailProgram = mailProgram
    self.seconds = seconds
  }

  func send(_ letter: AlarmLetter) -> DeliveryRound.Outcome {
    letter.isForAddress ? post(letter) : mail(letter)
  }

  private func mail(_ letter: AlarmLetter) -> DeliveryRound.Outcome {
    // -t: to whom the head of the mail says. -i: a line with a dot alone is not the end.
    let end = ChildProcess.run(
      [mailProgram, "-t", "-i"], reading: letter.mail(host: host), timeout: .seconds(seconds))
    return AlarmSender.outcome(ofMail: end)
  }

  static func outcome(ofMail end: ChildProcess.End) -> DeliveryRound.Outcome {
    switch end {
    case .exited(0): .taken
    case .exited(dataError): .refused
    case .exited, .ended, .timedOut, .notStarted: .unreachable
    }
  }

  private func post(_ letter: AlarmLetter) -> DeliveryRound.Outcome {
    var configuration = HTTPSClientConfiguration(name: "alarms")
    configuration.connectTimeoutMilliseconds = seconds * 1_000
    configuration.totalTimeoutMilliseconds = seconds * 1_000
    // The operator chose the address, which may be one of the same network.
    configuration.allowsPlainHTTP = true
    let request = ClientRequest(
      method: .post, url: letter.target,
      headers: [("Content-Type", "application/json")], body: letter.json(host: host))
    do throws(TransportError) {
      return AlarmSender.outcome(
        ofStatus: try HTTPSClient(configuration).send(request).status)
    } catch {
      return AlarmSender.outcome(of: error)
    }
  }

  static func outcome(ofStatus status: Int) -> DeliveryRound.Outcome {
    switch status {
    case ..<400: .taken
    // Of these only time or the operator can make another answer.
    case 401, 403, 404, 407, 408, 425, 429, 500...: .unreachable
    default: .refused
    }
  }

  static func outcome(of error: TransportError) -> DeliveryRound.Outcome {
    switch error {
    // It answered, at length.
    case .responseTooLarge: .taken
    case .circuitOpen, .overloaded, .invalidRequest, .connectionFailed, .tlsFailed, .timedOut,
      .connectionLost:
      .unreachable
    }
  }

  private static let hostNameBytes = 256

  private static func hostName() -> String {
    var name = [CChar](repeating: 0, count: hostNameBytes)
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "?" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
