import Settings

/// The settings that duties of the machine read: alarms, nginx and backups.
enum MachineSetting {
  static let alarms = [
    Setting(
      "COINPAY_ALARM_TO",
      help:
        "Where alarms go: mail addresses, and https addresses that take a POST, separated by commas."
    ),
    Setting(
      "COINPAY_ALARM_REPEAT_SECONDS", in: 0...604_800, standard: 3_600,
      help: "The same alarm is not sent again for so long."),
  ]

  static let proxyAddresses = Setting(
    "COINPAY_PROXY_ADDRESSES",
    help: """
      The networks of the CDN or proxy that visitors come through, separated by commas, and the header in which it names
      them (X-Forwarded-For). coinpay setup asks for both and writes /etc/coinpay/nginx/coinpay-real-ip.conf.
      """)
  static let proxy = [proxyAddresses, Setting("COINPAY_PROXY_HEADER")]

  static let backups = [
    Setting(
      "COINPAY_BACKUP_RECIPIENT",
      help: """
        Backups are encrypted to these public keys of age, separated by commas; without one none are made.
        `coinpay backup key` makes a pair.
        """),
    Setting(
      "COINPAY_BACKUP_METHOD", .choice(["physical", "dump"]),
      help: """
        physical: mariadb-backup, full every night and what changed every hour. dump: mariadb-dump every hour, for small
        sites and for a database on another machine, where it is the standard.
        """, example: "physical"),
    Setting("COINPAY_BACKUP_KEEP_DAYS", in: 1...3_650, standard: 14),
    Setting(
      "COINPAY_BACKUP_COPY_COMMAND",
      help: "Run after each backup with the folder of its set as the last argument.",
      example: "/usr/local/bin/copy-backup"),
  ]
}
