import ArgumentParser

struct SetupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup",
    abstract: "Make a working site of the installed package.",
    discussion: """
      Asks for what no option gives; run it again to change an answer. An answer that cannot be right is
      asked again, and nothing is written before the last one. Makes the database, its
      users and their rights, writes /etc/coinpay, the nginx site and the first administrator,
      checks all of it, and starts the site.
      """)

  @Option(help: "The site's domain, such as shop.example.")
  var domain: String?
  @Option(help: "An existing certificate with its chain, PEM.")
  var certificate: String?
  @Option(help: "The certificate's private key, PEM.")
  var key: String?
  @Option(help: "The issuers' certificates for OCSP stapling; by default those of --certificate.")
  var chain: String?
  @Option(help: "Get the certificate by certbot's nginx plug-in, with this mail address.")
  var certbot: String?
  @Option(help: "A database server elsewhere; by default this machine's MariaDB.")
  var dbHost: String?
  @Option(help: "Its port.")
  var dbPort = 3_306
  @Option(help: "The CA certificate of its TLS, PEM.")
  var dbCa: String?
  @Option(help: "A file for the mariadb client with the user and password of its administrator.")
  var dbAdminFile: String?
  @Option(help: "A file of settings, NAME=VALUE on each line: the providers' and others.")
  var settings: String?
  @Option(help: "The first administrator's user name.")
  var admin: String?
  @Option(help: "A file with the administrator's password.")
  var adminPasswordFile: String?
  @Option(help: "Where alarms go: a mail address, or an https address that takes a POST.")
  var alarm: String?
  @Option(help: "Addresses of the CDN or proxy in front of the site, with commas; or none.")
  var proxyAddresses: String?
  @Option(help: "The header in which it names the visitor; X-Forwarded-For by default.")
  var proxyHeader: String?
  @Option(help: "The public key that backups are encrypted to; see coinpay backup key.")
  var backupRecipient: String?
  @Option(help: "A secret to make anew: session-key, database-passwords or encryption-key.")
  var replace: [ReplaceableSecret] = []
  @Flag(help: "Keep only the first encryption key; refused while a stored value needs another.")
  var removeOldEncryptionKeys = false
  @Flag(help: "Keep the secrets encrypted with this machine's key (systemd-creds).")
  var encryptCredentials = false
  @Flag(help: "Ask nothing: what no option gives has its standard value or is left out.")
  var nonInteractive = false

  func run() throws {
    var arguments: [String] = ["--db-port", "\(dbPort)"]
    let values: [(String, String?)] = [
      ("--domain", domain), ("--certificate", certificate), ("--key", key), ("--chain", chain),
      ("--certbot", certbot), ("--db-host", dbHost), ("--db-ca", dbCa),
      ("--db-admin-file", dbAdminFile), ("--settings", settings), ("--admin", admin),
      ("--admin-password-file", adminPasswordFile), ("--alarm", alarm),
      ("--backup-recipient", backupRecipient), ("--proxy-addresses", proxyAddresses),
      ("--proxy-header", proxyHeader),
    ]
    for (name, value) in values { if let value { arguments += [name, value] } }
    for secret in replace { arguments += ["--replace", secret.rawValue] }
    if removeOldEncryptionKeys { arguments.append("--remove-old-encryption-keys") }
    if encryptCredentials { arguments.append("--encrypt-credentials") }
    if nonInteractive { arguments.append("--non-interactive") }
    try InstalledScript.setup.run(arguments)
  }
}

/// What `coinpay setup --replace` makes anew when it has leaked.
enum ReplaceableSecret: String, ExpressibleByArgument, CaseIterable {
  case sessionKey = "session-key"
  case databasePasswords = "database-passwords"
  case encryptionKey = "encryption-key"
}
