extension Phrase {
  /// Chinese and English.
  var texts: (String, String) {
    switch self {
    case .siteName: ("金币中心", "CoinPay")
    case .skipToContent: ("跳到主要内容", "Skip to content")
    case .navCoin: ("金币", "Coins")
    case .navOrders: ("订单", "Orders")
    case .navTransactions: ("明细", "Transactions")
    case .navigation: ("主导航", "Main navigation")
    case .navAccount: ("账号", "Account")
    case .serversZone: ("时间为 {zone}", "Times are in {zone}")
    case .readersZone: ("时间为您的时区：{zone}", "Times are in your time zone, {zone}")
    case .signIn: ("登录", "Sign in")
    case .signOut: ("退出", "Sign out")
    case .register: ("注册", "Register")
    case .otherLanguage: ("English", "中文")
    case .footer:
      (
        "付款由您选择的支付机构处理，本站不接触银行卡信息",
        "Payments are handled by the provider you choose; your card details never reach us"
      )
    case .developmentNotice:
      ("开发模式：可使用模拟支付，不产生真实扣款", "Development mode: no real money")
    case .coinTitle: ("购买金币", "Buy coins")
    case .balance: ("我的金币", "My coins")
    case .coins: ("金币", "coins")
    case .totalPurchased: ("累计购买", "Bought in all")
    case .totalBonus: ("累计赠送", "Bonus in all")
    case .choosePackage: ("选择套餐", "Choose a package")
    case .bonus: ("赠", "bonus")
    case .noPackages: ("暂时没有在售的套餐", "No package is on sale at the moment")
    case .chooseMethod: ("选择支付方式", "Choose how to pay")
    case .noMethods: ("暂时没有可用的支付方式", "No payment method is available at the moment")
    case .unavailableNow: ("暂不可用", "unavailable now")
    case .buy: ("立即购买", "Buy now")
    case .buying: ("正在创建订单…", "Making your order…")
    case .recentEntries: ("最近明细", "Latest transactions")
    case .allEntries: ("全部明细", "All transactions")
    case .noEntries: ("还没有金币变动", "No coins have moved yet")
    case .payTitle: ("支付订单", "Pay your order")
    case .orderNumber: ("订单号", "Order number")
    case .amount: ("金额", "Amount")
    case .method: ("支付方式", "Payment method")
    case .created: ("下单时间", "Ordered")
    case .expires: ("支付截止", "Pay until")
    case .timeLeft: ("剩余支付时间", "Time left to pay")
    case .minutesSeconds: ("{m} 分 {s} 秒", "{m} min {s} s")
    case .scanOnPhone:
      (
        "正在用手机？请截图后在扫一扫里从相册选取",
        "On your phone? Take a screenshot and choose it in the app's scanner"
      )
    case .cardNeedsScript: ("银行卡支付需要启用 JavaScript", "Paying by card needs JavaScript")
    case .payByCard: ("银行卡支付", "Pay by card")
    case .payNow: ("确认支付", "Pay")
    case .mockPay: ("打开模拟支付", "Open mock payment")
    case .mockTitle: ("模拟支付", "Mock payment")
    case .mockText: ("选择这笔订单的支付结果", "Choose how this payment ends")
    case .mockSuccess: ("支付成功", "Payment succeeds")
    case .mockFailure: ("支付失败", "Payment fails")
    case .switchMethod: ("换一种支付方式", "Pay another way")
    case .cancelOrder: ("取消订单", "Cancel order")
    case .cancelAsk: ("确定取消这笔订单吗？", "Cancel this order?")
    case .cancelText:
      (
        "取消后无法继续支付这笔订单，可以随时重新下单",
        "This order can then no longer be paid; you can order again at any time"
      )
    case .keepOrder: ("保留订单", "Keep order")
    case .payAgain: ("重新支付", "Pay again")
    case .close: ("关闭", "Close")
    case .backToCoin: ("返回金币中心", "Back to my coins")
    case .newOrder: ("重新下单", "Order again")
    case .polling: ("正在确认支付结果（第 {n} / {max} 次）", "Checking the payment ({n} of {max})")
    case .pollingEnded: ("暂未收到支付结果，可稍后继续查询", "No result yet; you can check again")
    case .pollAgain: ("继续查询", "Check again")
    case .pollError: ("网络不通，将自动重试", "The network failed; trying again by itself")
    case .paidText: ("支付成功，金币已到账", "Paid. Your coins have arrived")
    case .failedText:
      ("支付失败，未扣款。您可以重新支付", "The payment failed and nothing was charged. You can pay again")
    case .expiredText:
      (
        "订单已超时，请重新下单。若您已付款，金币仍会到账",
        "The order has expired; please order again. If you did pay, your coins will still arrive"
      )
    case .cancelledText:
      (
        "订单已取消。若您已付款，金币仍会到账",
        "The order was cancelled. If you did pay, your coins will still arrive"
      )
    case .refundText: ("订单已退款或正在退款", "The order was or is being refunded")
    case .disputedText: ("订单存在争议，请联系客服", "The payment is disputed; please contact us")
    case .pendingText: ("等待支付", "Waiting for your payment")
    case .switchAsk: ("换一种支付方式？", "Pay another way?")
    case .switchText:
      ("之前的付款会先关闭。", "The payment that you began before will be closed first.")
    case .switchWarning:
      (
        "之前的付款可能还会到账。如果您已经付款，请不要再付一次，先查询结果；万一重复付款，多付的部分会自动退回。",
        "The payment that you began may still arrive. If you have paid, do not pay again: ask for the result first. Should you pay twice, the second payment is returned by itself."
      )
    case .switchNow: ("没有付款，改用", "I have not paid; use")
    case .askFirst: ("已付款，先查询", "I have paid; ask first")
    case .keepMethod: ("不换了", "Stay with this one")
    case .earlierPayment:
      (
        "您之前用{methods}发起的付款还没有关闭。如果已经付过，请不要再付一次。",
        "A payment that you began by {methods} is still open. If you paid it, do not pay again."
      )
    case .lookedAt:
      (
        "您之前发起的付款正在由我们人工核对。如果已经付过，款项不会丢失，请不要再付一次；核对后金币会到账。",
        "A payment that you began is being looked at by us. If you paid it, your money is not lost: do not pay again; your coins arrive when it was checked."
      )
    case .paidTwice:
      (
        "您为这笔订单付了不止一次。金币只到账一次，多付的款会自动原路退回。",
        "You paid this order more than once. The coins arrive once; what you paid too much is returned by itself, the way it came."
      )
    case .openElsewhere:
      (
        "微信内无法完成这种付款。请点右上角「…」，选择在浏览器中打开",
        "This payment cannot be made inside WeChat. Tap … at the top right and open the page in your browser"
      )
    case .notForMethod: ("该支付方式不支持此套餐", "Not for this way of paying")
    case .refundedAmount: ("已退 {amount}", "{amount} refunded")
    case .colon: ("：", ": ")
    case .tryAgainAfter: ("操作过于频繁，请在 {time}后重试", "Too many attempts; please try again in {time}")
    case .seconds: ("{s} 秒", "{s} s")
    case .listComma: ("、", ", ")
    case .methodDown:
      (
        "该支付方式正在维护，付款可能不成功。可以稍后再试，或换一种支付方式；已付的款不受影响。",
        "This payment method is under maintenance and may not work. Try again later or pay another way; what you have paid is safe."
      )
    case .codeOver: ("付款码已过期", "The code has run out")
    case .renewCode: ("刷新付款码", "Get a new code")
    case .notStarted:
      (
        "支付机构暂时没有响应，您没有被扣款。",
        "The payment provider does not answer at the moment; nothing was charged."
      )
    case .tryAgain: ("重试", "Try again")
    case .iHavePaid: ("我已付款", "I have paid")
    case .askedNow:
      ("刚刚查询过：支付机构尚未确认收款", "Asked just now: the provider has not confirmed the payment yet")
    case .nextCheck: ("约 {time}后自动再查", "Next check in about {time}")
    case .lastAttempt: ("上一次付款未成功", "The last attempt failed")
    case .doneChecked: ("已向支付机构查询最新结果", "The provider was asked for the latest result")
    case .doneRenewed: ("付款码已更新", "Here is a new code")
    case .donePassword:
      ("密码已修改，其他设备已退出登录", "Your password was changed and other devices were signed out")
    case .doneSession: ("该设备已退出登录", "The device was signed out")
    case .thisDevice: ("本设备", "This device")
    case .unknownDevice: ("未知设备", "Unknown device")
    case .lastUsed: ("最近使用", "Last used")
    case .signOutThere: ("退出登录", "Sign out there")
    case .doneSessions: ("其他设备已退出登录", "Other devices were signed out")
    case .paidAt: ("支付时间", "Paid")
    case .all: ("全部", "All")
    case .from: ("从", "From")
    case .to: ("到", "To")
    case .filter: ("筛选", "Filter")
    case .clearFilter: ("清除筛选", "Clear the filter")
    case .noneFound: ("没有符合条件的记录", "Nothing matches the filter")
    case .status: ("状态", "Status")
    case .receipt: ("收据", "Receipt")
    case .receiptTitle: ("付款收据", "Receipt")
    case .receiptNote:
      ("本收据仅作付款凭证，不是发票。", "This receipt proves the payment; it is not a tax invoice.")
    case .buyer: ("购买人", "Buyer")
    case .package: ("套餐", "Package")
    case .boughtCoins: ("购买金币", "Coins bought")
    case .bonusCoins: ("赠送金币", "Bonus coins")
    case .providerNumber: ("支付机构单号", "Provider's number")
    case .amountPaid: ("实付金额", "Amount paid")
    case .amountRefunded: ("已退金额", "Refunded")
    case .print: ("打印", "Print")
    case .backToOrder: ("返回订单", "To the order")
    case .accountTitle: ("我的账号", "My account")
    case .profile: ("基本信息", "Profile")
    case .memberSince: ("注册时间", "Member since")
    case .changePassword: ("修改密码", "Change password")
    case .currentPassword: ("当前密码", "Current password")
    case .newPassword: ("新密码", "New password")
    case .signedInDevices: ("登录的设备", "Signed-in devices")
    case .otherDevicesText:
      (
        "如果您在别人的设备上登录过，可以让除本设备以外的全部登录失效。",
        "If you signed in on a device that is not yours, end every session but this one."
      )
    case .endOtherSessions: ("退出其他设备", "Sign out elsewhere")
    case .ordersTitle: ("我的订单", "My orders")
    case .noOrders: ("还没有订单", "No orders yet")
    case .continuePaying: ("继续支付", "Go on paying")
    case .view: ("查看", "View")
    case .page: ("第 {page} / {pages} 页", "Page {page} of {pages}")
    case .previous: ("上一页", "Previous")
    case .next: ("下一页", "Next")
    case .transactionsTitle: ("金币明细", "Transactions")
    case .kind: ("类型", "Kind")
    case .change: ("变动", "Change")
    case .balanceAfter: ("余额", "Balance")
    case .time: ("时间", "Time")
    case .reference: ("单号", "Reference")
    case .successTitle: ("支付结果", "Your payment")
    case .successPending: ("正在等待支付机构确认", "Waiting for the payment provider to confirm")
    case .signInTitle: ("登录", "Sign in")
    case .username: ("用户名", "User name")
    case .password: ("密码", "Password")
    case .usernameHint:
      ("3–32 个字符：字母、数字、. _ -", "3–32 characters: letters, digits, . _ -")
    case .passwordHint:
      (
        "至少 10 个字符（工作人员 12 个），可以是一句话",
        "At least 10 characters (12 for staff); a whole sentence is welcome"
      )
    case .registrationPasswordHint:
      ("至少 10 个字符，可以是一句话", "At least 10 characters; a whole sentence is welcome")
    case .noAccount: ("还没有账号？", "No account yet?")
    case .haveAccount: ("已有账号？", "Already registered?")
    case .registerTitle: ("注册", "Register")
    case .networkError: ("网络不通，请稍后再试", "The network failed; please try again")
    case .errorTitle: ("出错了", "Something is wrong")
    case .errorHint:
      ("可以返回重试；如仍有问题，请提供下面的编号", "Go back and try again; if it stays, quote this number")
    case .requestID: ("请求编号", "Request number")
    case .working: ("请稍候…", "One moment…")
    case .fieldWrong: ("请正确填写", "please fill this in correctly")
    }
  }
}
