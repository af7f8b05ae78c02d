/// What wechatpay-go publishes with its tests beside `PublishedKey` (utils/sign_test.go).
enum PublishedSignature {
  /// Of `source`.
  static let signature = """
    BKyAfU4iMCuvXMXS0Wzam3V/cnxZ+JaqigPM5OhljS2iOT95OO6Fsuml2JkFANJU9K6q9bLlDhPXuoVz+pp4hAm6pHU4\
    ld815U4jsKu1RkyaII+1CYBUYC8TK0XtJ8FwUXXz8vZHh58rrAVN1XwNyvD1vfpxrMT4SL536GLwvpUHlCqIMzoZUguL\
    li/K8V29QiOhuH6IEqLNJn8e9b3nwNcQ7be3CzYGpDAKBfDGPCqCv8Rw5zndhlffk2FEA70G4hvMwe51qMN/RAJbknXG\
    23bSlObuTCN7Ndj1aJGH6/L+hdwfLpUtJm4QYVazzW7DFD27EpSQEqA8bX9+8m1rLg==
    """

  static let shortPublicKey = """
    MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDdvEvRSVRqgx7oBT3++o79c8m+nzKss62jJwGqAHR6yWtPrqEUF1++\
    C0BLk6xEdhM0NyhFcLsaroRfOIuJXzqDzZUwZZgC6q4dHGYuLKaVgUQQbMx3Se0cknFZnkzriF6u0+IHuPZKI7Zowh+L\
    A035Ypacaa2Mza5hjkePF3b1MwIDAQAB
    """
}
