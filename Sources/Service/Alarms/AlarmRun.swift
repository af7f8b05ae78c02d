import ArgumentParser
import LogLines
import Vocabulary

/// One run of the command: notes what there is to tell, then sends what waits.
struct AlarmRun {
  let box: AlarmBox
  private let sender: AlarmSender
  /// Seconds since 1970.
  let now: Int64

  init(
    _ settings: AlarmSettings = AlarmSettings(Variables.all()), sender: AlarmSender = AlarmSender(),
    now: Int64 = SystemTime.now().unixSeconds,
    announce: @escaping (String) -> Void = AlarmRun.writeIntoSystemLog
  ) {
    box = AlarmBox(
      folder: settings.folder, rule: settings.rule, targets: settings.targets, announce: announce)
    self.sender = sender
    self.now = now
  }

  /// - Throws: exit code 1 when something could not be noted or sent.
  func tell(_ work: (AlarmRun) throws(SmallFile.Failure) -> Void) throws {
    let isNoted = reported { () throws(SmallFile.Failure) in
      try box.prepare()
      _ = try FileLock.hold(box.lockPath) { () throws(SmallFile.Failure) in try work(self) }
      return true
    }
    // Whoever sends already sends this one too, or the next look of the timer does.
    let patience = Duration.seconds(2 * AlarmSender.secondsMax)
    let isSent = reported { () throws(SmallFile.Failure) in
      try FileLock.hold(box.sendingPath, patience: patience) { () throws(SmallFile.Failure) in
        box.deliver(sender.send)
      } ?? true
    }
    guard isNoted, isSent else { throw ExitCode.failure }
  }

  func tell(_ alarm: Alarm) throws(SmallFile.Failure) {
    guard try !box.tell(alarm, now: now) else { return }
    Console.say("\(alarm.subject): held back, told within \(box.rule.repeatSeconds) s")
  }

  /// Not as `coinpay`, of which each critical line is an alarm.
  private static func writeIntoSystemLog(_ subject: String) {
    SystemLog.name("coinpay-alarm")
    SystemLog.write(.critical, subject)
  }

  private func reported(_ work: () throws(SmallFile.Failure) -> Bool) -> Bool {
    do throws(SmallFile.Failure) {
      return try work()
    } catch {
      Console.complain("\(error)")
      return false
    }
  }
}
