import Accounts
import AdminPages
import Controls
import Database
import HTTP
import Pages
import Payments
import Routes
import Vocabulary

/// `/admin/controls`: what is switched, and the switches.
enum ControlPages {
  static func controls(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let controls = try Controls.load(in: &connection)
    return admin.page(
      ConsolePage(
        admin.say(.controls),
        [
          ConsoleSection(
            say(.site, admin),
            [.text(say(.effective, admin)), .facts(facts(controls, admin))]
              + (admin.may(.operator) ? [.actions(siteActions(controls, admin))] : [])),
          ConsoleSection(
            say(.methods, admin),
            [.text(say(.methodsHint, admin)), .table(methods(controls, admin))]),
        ]))
  }

  private static func say(_ phrase: Phrase, _ admin: AdminCall) -> String {
    phrase.text(admin.language)
  }

  static func mode(_ controls: Controls, _ admin: AdminCall) -> ConsoleCell {
    let mode = controls.mode(at: admin.site.clock.now())
    switch mode {
    case .open: return .badge(Badge(say(.siteOpen, admin), kind: "PAID"))
    case .ordersPaused: return .badge(Badge(say(.ordersPaused, admin), kind: "PENDING"))
    case .readOnly: return .badge(Badge(say(.readOnly, admin), kind: "FAILED"))
    }
  }

  private static func facts(
    _ controls: Controls, _ admin: AdminCall
  ) -> [(name: String, value: ConsoleCell)] {
    let isOpen = controls.mode(at: admin.site.clock.now()) == .open
    var facts: [(name: String, value: ConsoleCell)] = [
      (say(.mode, admin), mode(controls, admin)),
      (
        say(.settlement, admin),
        controls.settlementIsStopped
          ? .badge(Badge(say(.settlementOff, admin), kind: "FAILED"))
          : .badge(Badge(say(.settlementOn, admin), kind: "PAID"))
      ),
      (
        say(.offeredNow, admin),
        .optional(
          offered(controls, admin).map { admin.name(of: $0) }
            .joined(separator: " · "))
      ),
    ]
    if !isOpen {
      facts.append((say(.endsAt, admin), .optionalMoment(controls.until.map(admin.moment))))
      if let notice = controls.notice {
        facts += Language.all.compactMap { language in
          notice.text.texts[language.code].map {
            (LocalMembers.label(.noticeIn, language, admin), .text($0))
          }
        }
      } else {
        facts.append((say(.noticeShown, admin), .text(say(.usualWords, admin))))
      }
    }
    return facts
  }

  private static func offered(_ controls: Controls, _ admin: AdminCall) -> [PaymentMethod] {
    let registry = admin.site.checkout.registry
    return controls.offer(registry.methods, usable: registry.availableMethods)
  }

  private static func siteActions(_ controls: Controls, _ admin: AdminCall) -> [ConsoleAction] {
    var actions = [
      pause("pause", .ordersPaused, .pauseOrders, .pauseOrdersAsk, admin),
      pause("read-only", .readOnly, .makeReadOnly, .makeReadOnlyAsk, admin),
    ]
    if admin.may(.administrator) {
      actions.append(
        action(
          "stop", "stop-payments", .stopPayments, .stopPaymentsAsk, noticeFields(admin), admin,
          isDangerous: true))
    }
    if controls.mode(at: admin.site.clock.now()) != .open {
      actions.insert(action("resume", "resume", .resume, .resumeAsk, [], admin), at: 0)
    }
    return actions
  }

  private static func pause(
    _ id: String, _ mode: SiteMode, _ label: Phrase, _ ask: Phrase,
    _ admin: AdminCall
  ) -> ConsoleAction {
    let fields =
      [ConsoleField(.hidden, "mode", value: mode.rawValue)] + noticeFields(admin) + [
        ConsoleField(
          .line, "minutes", say(.minutes, admin), form: .integer, hint: say(.minutesHint, admin),
          isRequired: false, charactersMax: 5)
      ]
    return action(id, "pause", label, ask, fields, admin, isDangerous: true)
  }

  private static func noticeFields(_ admin: AdminCall) -> [ConsoleField] {
    LocalMembers.fields(
      "notice", .noticeIn, nil, hint: .noticeHint, isRequired: false, Notice.limit, admin)
  }

  private static func action(
    _ id: String, _ address: String, _ label: Phrase, _ ask: Phrase,
    _ fields: [ConsoleField], _ admin: AdminCall, isDangerous: Bool = false,
    about method: PaymentMethod? = nil
  ) -> ConsoleAction {
    let reason = ConsoleField(.line, "reason", admin.say(.reason))
    let asked = say(ask, admin)
    let name = method.map { admin.name(of: $0) }
    return ConsoleAction(
      say(label, admin), name.map { admin.language.pair($0, asked) } ?? asked,
      ConsoleForm(
        id, to: "/api/admin/controls/" + address, fields + [reason], submit: say(label, admin),
        isDangerous: isDangerous))
  }

  private static func methods(_ controls: Controls, _ admin: AdminCall) -> ConsoleTable {
    let configured = controls.arranged(admin.site.checkout.registry.methods)
    let columns: [ConsoleTable.Column] = [
      .init(say(.place, admin), isNumber: true), .init(admin.say(.consoleMethod)),
      .init(say(.provider, admin)), .init(say(.offered, admin)), .init(say(.backup, admin)),
    ]
    let actions: [ConsoleTable.Column] =
      admin.may(.operator) ? [.init(admin.say(.actions))] : []
    return ConsoleTable(
      columns + actions,
      configured.enumerated().map { place, method in
        row(method, at: place, of: configured, controls, admin)
      }, empty: say(.noMethodsConfigured, admin))
  }

  private static func row(
    _ method: PaymentMethod, at place: Int, of configured: [PaymentMethod], _ controls: Controls,
    _ admin: AdminCall
  ) -> [ConsoleCell] {
    let control = controls.control(of: method)
    let works = admin.site.checkout.registry.availableMethods.contains(method)
    var cells: [ConsoleCell] = [
      .number(String(place + 1)), .text(admin.name(of: method)),
      .badge(
        works
          ? Badge(say(.works, admin), kind: "PAID") : Badge(say(.fails, admin), kind: "FAILED")),
      .badge(
        control.isOff
          ? Badge(say(.off, admin), kind: "FAILED") : Badge(say(.on, admin), kind: "PAID")),
      .optional(control.backup.map { admin.name(of: $0) }),
    ]
    if admin.may(.operator) {
      cells.append(.actions(methodActions(control, at: place, of: configured, admin)))
    }
    return cells
  }

  private static func methodActions(
    _ control: MethodControl, at place: Int, of configured: [PaymentMethod], _ admin: AdminCall
  ) -> [ConsoleAction] {
    let name = control.method.rawValue
    let id = name.lowercased()
    let method = ConsoleField(.hidden, "method", value: name)
    var actions = [
      control.isOff
        ? action(
          "on-\(id)", "method", .switchOn, .switchOnAsk,
          [method, ConsoleField(.hidden, "is_off", value: "false", form: .boolean)], admin,
          about: control.method)
        : action(
          "off-\(id)", "method", .switchOff, .switchOffAsk,
          [method, ConsoleField(.hidden, "is_off", value: "true", form: .boolean)], admin,
          isDangerous: true, about: control.method)
    ]
    let others = configured.filter { $0 != control.method }
    if !others.isEmpty {
      let choices =
        [(value: "", text: say(.noBackup, admin))]
        + others.map { (value: $0.rawValue, text: admin.name(of: $0)) }
      actions.append(
        action(
          "backup-\(id)", "backup", .nameBackup, .nameBackupAsk,
          [
            method,
            ConsoleField(
              .choice(choices), "backup", say(.backup, admin),
              value: control.backup?.rawValue ?? "", form: .optional, isRequired: false),
          ], admin, about: control.method))
    }
    if place > 0 {
      var moved = configured
      moved.swapAt(place, place - 1)
      let order = moved.map(\.rawValue).joined(separator: " ")
      actions.append(
        action(
          "up-\(id)", "order", .moveUp, .moveUpAsk,
          [ConsoleField(.hidden, "methods", value: order)], admin, about: control.method))
    }
    return actions
  }
}
