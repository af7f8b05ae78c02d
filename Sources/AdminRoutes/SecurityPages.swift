import Accounts
import AdminPages
import Database
import HTTP
import Pages
import QRCode
import Routes
import Vocabulary

/// The way into the console, and one's own second factor.
enum SecurityPages {
  /// Enrols at the first visit, afterwards asks for a code.
  static func verify(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let next = admin.call.nextPage(standard: "/admin")
    switch try SecurityRoutes.begin(admin, code: nil, &connection) {
    case .begun(let secret): return enrolmentPage(admin, secret, next: next)
    case .enrolled:
      return admin.page(
        ConsolePage(
          admin.say(.enterCode),
          [ConsoleSection(nil, [.form(codeForm(admin, submit: .letMeIn, next: next))])]))
    case .codeNeeded, .wrongCode, .limited:
      let form = ConsoleForm(
        "enrolment", to: "/api/admin/second-factor/begin",
        [
          ConsoleField(
            .line, "code", admin.say(.enrolmentCode),
            charactersMax: SecurityRoutes.codeCharactersMax)
        ], submit: admin.say(.enrol), next: admin.call.pathAndQuery)
      return admin.page(
        ConsolePage(
          admin.say(.secondFactor),
          [ConsoleSection(nil, [.text(admin.say(.enrolmentCodeText)), .form(form)])]))
    }
  }

  private static func enrolmentPage(
    _ admin: AdminCall, _ secret: SecondFactorSecret, next: String
  ) -> Response {
    var blocks: [ConsoleBlock] = [.text(admin.say(.secondFactorNeeded))]
    if let picture = QRCode.svg(secret.address.reveal()) {
      blocks.append(.picture(svg: picture, alternative: admin.say(.qrOfSecret)))
    }
    blocks += [
      .facts([(admin.say(.orTypeThis), .code(secret.text.reveal()))]),
      .form(codeForm(admin, submit: .enrol, next: next)),
    ]
    return admin.page(ConsolePage(admin.say(.secondFactor), [ConsoleSection(nil, blocks)]))
  }

  static func security(_ admin: AdminCall, _ connection: inout Connection) throws -> Response {
    let state = try admin.console.secondFactor.state(of: admin.user.id, in: &connection)
    guard case .enrolled(let codesLeft) = state else {
      return admin.page(
        ConsolePage(
          admin.say(.security),
          [
            ConsoleSection(
              admin.say(.secondFactor),
              [
                .text(admin.say(.isNotEnrolled)),
                .links([(admin.say(.enrolLater), "/admin/verify?next=/admin/security")]),
              ]),
            ownAccount(admin),
          ]))
    }
    let renew = ConsoleAction(
      admin.say(.renewCodes), admin.say(.renewCodesAsk),
      ConsoleForm(
        "renew", to: "/api/admin/second-factor/recovery-codes", [codeField(admin)],
        submit: admin.say(.renewCodes)))
    return admin.page(
      ConsolePage(
        admin.say(.security),
        [
          ConsoleSection(
            admin.say(.secondFactor),
            [
              .facts([
                (admin.say(.state), .badge(Badge(admin.say(.isEnrolled), kind: "active"))),
                (admin.say(.recoveryCodesLeft), .number(String(codesLeft))),
              ]),
              .actions([renew]),
            ]),
          ownAccount(admin),
        ]))
  }

  /// Password and sessions are the same for everybody.
  private static func ownAccount(_ admin: AdminCall) -> ConsoleSection {
    ConsoleSection(
      admin.say(.passwordAndSessions),
      [.links([(admin.say(.toOwnAccount), "/coin/account")])])
  }

  private static func codeForm(
    _ admin: AdminCall, submit: Phrase, next: String
  ) -> ConsoleForm {
    ConsoleForm(
      "code", to: "/api/admin/second-factor/verify",
      [codeField(admin)], submit: admin.say(submit), next: next)
  }

  private static func codeField(_ admin: AdminCall) -> ConsoleField {
    ConsoleField(
      .oneTimeCode, "code", admin.say(.code), hint: admin.say(.codeHint),
      charactersMax: SecurityRoutes.codeCharactersMax)
  }
}
