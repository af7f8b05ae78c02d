"""The bill (对账单) of a day: two GBK files in an archive, as Alipay's."""

import io
import zipfile

from .alipay_book import Refusal, beijing_now

COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注")
TOTALS = (
    "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,"
    "卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）")


def yuan(fen):
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def cells(values):
    """Alipay pads the texts with tabs, so that spreadsheets keep long numbers."""
    return ",".join(f"{value}\t" if value else "" for value in values)


def row(trade, kind, created_at, finished_at, amount, request_no="", reason=""):
    values = [trade.trade_no, trade.out_trade_no, kind, trade.content["subject"],
              f"{created_at:%Y-%m-%d %H:%M:%S}", f"{finished_at:%Y-%m-%d %H:%M:%S}", "", "", "", "",
              "*明(csq***@sandbox.com)"]
    money = [yuan(amount), yuan(amount), *["0.00"] * 5]
    return ",".join([
        cells(values), ",".join(money), "", "0.00,0.00", cells([request_no]), "0.00,0.00", cells([reason])])


def bill(book, merchant, day):
    """The archive of a day."""
    if day >= beijing_now().date():
        raise Refusal("isv.invalid_arguments")
    paid, refunds = book.of_day(merchant.app_id, day)
    if not paid and not refunds:
        raise Refusal("isp.bill_not_exist")
    rows = [row(t, "交易", t.created_at, t.paid_at, t.amount) for t in paid]
    rows += [row(t, "退款", t.created_at, r.made_at, -r.amount, r.out_request_no, r.reason) for t, r in refunds]
    rule = "-" * 40
    heads = {
        "业务明细": f"#{rule}业务明细列表{rule}\r\n{COLUMNS}",
        "业务明细(汇总)": f"#{rule}业务汇总列表{rule}\r\n{TOTALS}"}
    sold, given = sum(t.amount for t in paid), sum(r.amount for _, r in refunds)
    sums = [yuan(sold), yuan(sold - given), *["0.00"] * 5, yuan(sold - given)]
    lists = {"业务明细": rows, "业务明细(汇总)": [",".join(["合计\t", "", str(len(paid)), str(len(refunds)), *sums])]}
    preamble = (
        f"#支付宝业务明细查询\r\n#账号：[{merchant.seller_id}0156]\r\n"
        f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{day:%Y年%m月%d日} 24:00:00]\r\n")
    ending = f"#导出时间：[{beijing_now():%Y年%m月%d日 %H:%M:%S}]\r\n"
    files = {
        name: "\r\n".join([preamble + heads[name], *lists[name], f"#{rule}列表结束{rule}", ""]) + ending
        for name in heads}
    return archive({f"{merchant.seller_id}0156_{day:%Y%m%d}_{name}.csv": text for name, text in files.items()})


class GBKName(zipfile.ZipInfo):
    """A name in GBK without the mark of UTF-8, as Alipay's archives have it."""

    def _encodeFilenameFlags(self):
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def archive(files):
    """Files by name, text in GBK; a lone surrogate stands for a byte that is of no character."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in files.items():
            entry = GBKName(name, date_time=beijing_now().timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, text.encode("gbk", "surrogateescape"))
    return buffer.getvalue()
