public import Vocabulary

/// Zones of the tz database around days that have not 24 hours.
extension TimeZoneOffset {
  /// A zone that changes its offset at moments.
  private static func changing(
    _ first: Int, _ changes: [(at: Int64, to: Int)]
  ) -> TimeZoneOffset {
    TimeZoneOffset { moment in changes.last { $0.at <= moment.unixSeconds }?.to ?? first }
  }

  /// Summer time in 2026 from 8 March to 1 November, at two o'clock.
  public static let newYork = changing(
    -18_000, [(1_772_953_200, -14_400), (1_793_512_800, -18_000)])
  /// From 29 March to 25 October, at one o'clock UTC.
  public static let berlin = changing(3_600, [(1_774_746_000, 7_200), (1_792_890_000, 3_600)])
  /// Back at the end of 4 April, so that its last hour comes twice; 6 September begins at one.
  public static let santiago = changing(
    -10_800, [(1_775_358_000, -14_400), (1_788_667_200, -10_800)])
  /// 24 April begins at one; back at the end of 29 October.
  public static let cairo = changing(7_200, [(1_776_981_600, 10_800), (1_793_307_600, 7_200)])
  /// 8 March begins at one; the first hour of 1 November comes twice.
  public static let havana = changing(
    -18_000, [(1_772_946_000, -14_400), (1_793_509_200, -18_000)])
  /// By half an hour.
  public static let lordHowe = changing(39_600, [(1_775_314_800, 37_800), (1_791_041_400, 39_600)])
  /// In 2011, when 30 December was left out.
  public static let apia = changing(
    -39_600, [(1_316_872_800, -36_000), (1_325_239_200, 50_400), (1_333_202_400, 46_800)])
  /// In 2010, when clocks went back one minute after midnight, into the day before.
  public static let stJohns = changing(
    -12_600, [(1_268_537_460, -9_000), (1_289_097_060, -12_600)])
}
