"""Which data key a register works with: the secrets that a process holds, in the parts that the register gives them."""

from collections.abc import Sequence

from registry.db.pool import Connection, Record, fetch, fetch_value
from registry.domain.errors import Bilingual, ConfigurationError
from registry.domain.personal import PersonalKeys


async def claim_key(connection: Connection, keys: PersonalKeys) -> None:
    """Make the newest secret the register's key where it has none, or where nobody was ever kept under its first."""
    await fetch_value(connection, "personal_key/claim", keys.fingerprints[0])


async def hold_keys(connection: Connection, keys: PersonalKeys) -> PersonalKeys:
    """The secrets in the parts that the register gives them; until the transaction ends no rotation goes on without it.

    Rules: `personal-key.other` for a secret that is not this register's, `personal-key.rotating` where one is missing.
    """
    in_use = await _hold(connection)
    while in_use is None:  # a step was taken between reading and holding
        in_use = await _hold(connection)
    if not in_use:
        return keys
    _require_held(in_use, keys)
    sealing = next(key["id"] for key in in_use if key["state"] == "SEALING")
    return keys.following(sealing, {key["id"]: key["fingerprint"] for key in in_use})


async def _hold(connection: Connection) -> list[Record] | None:
    epoch = await fetch_value(connection, "personal_key/epoch")
    if not await fetch_value(connection, "personal_key/hold", epoch):
        return None
    in_use = await fetch(connection, "personal_key/in_use")
    return None if any(key["epoch"] != epoch for key in in_use) else in_use


def _require_held(in_use: Sequence[Record], keys: PersonalKeys) -> None:
    missing = {key["state"] for key in in_use if key["fingerprint"] not in keys.fingerprints}
    if "SEALING" in missing:
        zh, en = (
            "登记簿中的人员以另一个 PII_KEY 保护；请设置该密钥",
            "the people in this register are kept under another PII_KEY; set that one",
        )
        raise ConfigurationError(Bilingual(zh, en), rule="personal-key.other", path=("PII_KEY",))
    if missing:
        zh, en = (
            "个人信息密钥正在轮换；请同时设置 PII_KEY（新）与 PII_KEY_PREVIOUS（旧）",
            "the data key is being rotated; set both PII_KEY (the new one) and PII_KEY_PREVIOUS (the one before)",
        )
        raise ConfigurationError(Bilingual(zh, en), rule="personal-key.rotating", path=("PII_KEY_PREVIOUS",))
