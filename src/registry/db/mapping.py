"""SQLSTATE and constraint names to domain errors; nothing else in the project reads database error codes."""

from collections.abc import Callable

import asyncpg

from registry.db.credit_constraints import CREDIT_CONSTRAINTS
from registry.domain.errors import Bilingual, ConfigurationError, Conflict, InputError, RegisterError, Unavailable

_CONSTRAINTS: dict[str, RegisterError] = {
    "employment_worked": InputError(
        Bilingual(
            "同一人在同一机构同一岗位的任职期间重叠",
            "The person already holds this post at this institution in that period",
        ),
        rule="employment.overlap",
    ),
    "rating_policy_version": Conflict(
        Bilingual(
            "该政策版本已存在且不可更改；请用新的版本号",
            "This policy version exists and cannot change; use a new version",
        ),
        rule="policy.version-exists",
    ),
    "rating_policy_sha256_key": Conflict(
        Bilingual("同样内容的政策已存在", "A policy with the same content exists already"), rule="policy.same-content"
    ),
    "region_code_valid": InputError(
        Bilingual("行政区划代码的有效期重叠", "The validity periods of a region code overlap"), rule="region.overlap"
    ),
    "accreditation_period": InputError(
        Bilingual("评价机构的备案期间重叠", "The accreditation periods of an evaluation organisation overlap"),
        rule="accreditation.overlap",
    ),
    "training_subsidy_once": Conflict(
        Bilingual(
            "该人员同一职业同一等级的培训补贴已发放",
            "The subsidy for this person, occupation and level has been paid already",
        ),
        rule="subsidy.second",
    ),
    "skill_award_once": Conflict(
        Bilingual("该人员该等级的奖励已发放", "The award for this person and level has been made already"),
        rule="award.second",
    ),
    "equivalence_effective": InputError(
        Bilingual("比照认定的施行期间重叠", "The periods of an equivalence overlap"), rule="equivalence.overlap"
    ),
    "api_key_regulator_region": InputError(
        Bilingual("监管角色必须且只有监管角色须指明所辖地区", "The role REGULATOR, and no other, needs a region"),
        rule="api-key.region",
        path=("input", "region"),
    ),
    "api_key_institution": InputError(
        Bilingual("机构角色必须且只有机构角色须指明机构", "The role INSTITUTION, and no other, needs an institution"),
        rule="api-key.institution",
        path=("institution",),
    ),
    **CREDIT_CONSTRAINTS,
}


def _login(error: Exception) -> RegisterError:
    message = Bilingual(f"数据库拒绝登录：{error}", f"The database refuses the login: {error}")
    return ConfigurationError(message, rule="database.login")


def _address(error: Exception) -> RegisterError:
    message = Bilingual(f"数据库地址无效：{error}", f"The database address is not valid: {error}")
    return ConfigurationError(message, rule="database.address")


def _unstorable(_: Exception) -> RegisterError:
    message = Bilingual("文本含有无法存储的字符", "The text has a character that cannot be stored")
    return InputError(message, rule="text.unstorable")


def _too_large(_: Exception) -> RegisterError:
    return InputError(Bilingual("数值超出范围", "A number is out of range"), rule="number.out-of-range")


def _busy(_: Exception) -> RegisterError:
    return Conflict(
        Bilingual("另一操作正在进行，请稍后重试", "Another operation is under way; try again"), rule="database.busy"
    )


def _slow(_: Exception) -> RegisterError:
    return Unavailable(Bilingual("查询超时", "The query took too long"), rule="database.timeout")


def _away(_: Exception) -> RegisterError:
    return Unavailable(Bilingual("数据库没有应答", "The database does not answer"), rule="database.away")


def _full(_: Exception) -> RegisterError:
    message = Bilingual("数据库所在磁盘已满，请腾出空间", "The database's disk is full; make room")
    return Unavailable(message, rule="database.disk-full")


def _crowded(_: Exception) -> RegisterError:
    message = Bilingual("数据库连接数已达上限", "The database has no connection left to give")
    return Unavailable(message, rule="database.crowded")


_MEANINGS: tuple[tuple[tuple[type[Exception], ...], Callable[[Exception], RegisterError]], ...] = (
    ((asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError), _login),
    ((asyncpg.ClientConfigurationError,), _address),
    ((asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError), _unstorable),
    ((asyncpg.NumericValueOutOfRangeError,), _too_large),
    ((asyncpg.LockNotAvailableError, asyncpg.SerializationError, asyncpg.DeadlockDetectedError), _busy),
    ((asyncpg.AdminShutdownError, asyncpg.CrashShutdownError, asyncpg.CannotConnectNowError), _away),
    ((asyncpg.QueryCanceledError,), _slow),
    ((asyncpg.DiskFullError,), _full),
    ((asyncpg.TooManyConnectionsError,), _crowded),
    ((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError), _away),
)
"""What a failure means, the first that fits."""


def domain_error(error: Exception) -> RegisterError | None:
    """Return the domain error that a database failure means, or None when it means nothing expected."""
    known = _CONSTRAINTS.get(getattr(error, "constraint_name", None) or "")
    if known is not None:
        return type(known)(known.message, rule=known.rule, path=known.path)
    return next((meaning(error) for types, meaning in _MEANINGS if isinstance(error, types)), None)


class _Mapping:
    """Stands around what asks the database; has no state, so that one serves everywhere."""

    __slots__ = ()

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        """Raise the domain error of a failure that has one."""
        if isinstance(error, _FAILURES):
            expected = domain_error(error)
            if expected is not None:
                raise expected from error


_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
_MAPPING = _Mapping()


def mapped_errors() -> _Mapping:
    """Raise the domain error in place of each database failure that has one."""
    return _MAPPING
