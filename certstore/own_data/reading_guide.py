"""The two pages of words that lie in the archive: what each file holds."""

_FILES = (
    ("person.json", "您是谁", "who you are"),
    (
        "certificates.json",
        "您名下的证照：每一项的内容和来源（origin），各个版本",
        "certificates that name you: each field with its origin, every version",
    ),
    ("documents/*.pdf", "您的电子证照，带签名，和下载的一样", "your signed e-certificates"),
    ("applications.json", "您办过的事", "your applications"),
    ("consents.json", "您同意过什么", "what you consented to"),
    ("entrustments.json", "您委托别人的，和别人委托您的", "what you entrusted, or were entrusted"),
    ("use_codes.json", "您生成的用证码（码本身不保存）", "your use codes (not their characters)"),
    ("leases.json", "您的租赁合同", "your leases"),
    ("wallet_copies.json", "您放进钱包的证照", "your certificates in wallets"),
    ("cards.json", "您的居住证卡片", "your permit cards"),
    (
        "accesses.json",
        "谁看过您的资料，每一次都有账本里的位置（leaf_index）",
        "who looked, each with its place in the ledger (leaf_index)",
    ),
    (
        "proofs/*.json",
        "最近 500 次查看的证明，可以不靠我们核对",
        "proofs of the 500 newest accesses, to be checked without us",
    ),
    ("questions.json", "您问过的查看，和单位的答复", "your questions about accesses, and answers"),
    ("disputes.json", "您申请的更正", "corrections you asked for"),
    ("contacts.json", "除了收件箱，您在哪里收通知", "where you are told besides the inbox"),
    ("notices.json", "发给您的消息", "messages to you"),
    (
        "children.json",
        "您监护的孩子：办下的证照、谁看过、同意过什么",
        "children in your care: what was issued, who looked, what was consented to",
    ),
    ("ledger-key.txt", "核对证明用的账本公钥", "the ledger's public key, to check proofs with"),
)


def guide(lang: str, made_at: str) -> str:
    """What lies where, in one language."""
    if lang == "zh":
        head = (
            f"您的资料副本，{made_at} 生成。\n\n"
            "文件都是 UTF-8 编码的 JSON；时间带时区（ISO 8601）。\n"
            "别人的证件号码遮住了中间。亲属的事，办完以前只写种类。\n\n"
        )
        return head + "".join(f"{name}\n    {zh}\n" for name, zh, _ in _FILES)
    head = (
        f"A copy of what is held about you, made {made_at}.\n\n"
        "Files are JSON in UTF-8; times carry their zone (ISO 8601).\n"
        "Other people's numbers have their middle hidden. A relative's matter is named by its\n"
        "kind only until it is closed.\n\n"
    )
    return head + "".join(f"{name}\n    {en}\n" for name, _, en in _FILES)
