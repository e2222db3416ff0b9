"""People: what staff may know of those who work in their region, the citizen number masked."""

import builtins
from datetime import date

import strawberry

from registry.api.planner.declare import Argument, Many, One, column, global_id, planned
from registry.api.planner.nodes import read_number
from registry.api.types.admission import staff_alone
from registry.api.types.credit_entries import CreditEntry
from registry.api.types.terms import Education
from registry.domain.errors import Bilingual


@strawberry.type(description="A post of a person. 任职")
class Post:
    """An employment."""

    institution_code: str = column("institution_code", "Code of the institution. 机构代码")
    institution_name: str = column("institution_name", "Name of the institution. 机构名称")
    occupation: str = column("occupation", "Code of the occupation. 职业代码")
    started_on: date = column("lower({row}.worked)", "First day. 起始日期")
    ended_on: date | None = column("upper({row}.worked) - 1", "Last day, counted in full. 终止日期")


_POSTS = (
    "(SELECT e.*, i.code AS institution_code, i.name AS institution_name FROM register.employment AS e "
    "JOIN register.institution AS i ON i.id = e.institution_id) AS {row}"
)


@strawberry.type(description="A person who works, or worked, in the region of whoever asks. 从业人员")
class Person:
    """A person as staff may know them; the number itself is told by unmaskPerson alone."""

    id: strawberry.ID = global_id("Person")
    register_number: str = column(
        "{row}.id::text", "The register's number of the person, the `subject` of openCase. 登记序号"
    )
    name: str = column("name", "The name; `ERASED` once it was erased. 姓名")
    number_mask: str = column(
        "number_mask", "The citizen number without its middle, as `110105********002X`. 公民身份号码(掩码)"
    )
    education: Education | None = column("education", "The highest education. 学历")
    registered_on: date | None = column("registered_on", "The day of registration. 登记日期")
    posts: builtins.list[Post] = planned(
        Many(_POSTS, "lower({row}.worked), {row}.id", "{row}.person_id = {parent}.id"),
        "Posts in the region, the earliest first. 任职情况",
    )
    credit_entries: builtins.list[CreditEntry] = planned(
        Many("{credit_entry:{row}}", "{row}.decided_on DESC, {row}.id DESC", "{row}.person_id = {parent}.id"),
        "Entries on the person for which the region answers, the newest decision first. 信用名单记录",
    )


def person_number(text: str) -> int | None:
    """Return the register's number of a person from their identifier or that number; None for what is neither."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    return read_number(text, "Person")


PERSON = One("register.person AS {row}", "{row}.id = {id}", arguments={"id": Argument("bigint", person_number)})
PERSON_NAMED = One("register.person AS {row}", "{row}.id = {parent}.person_id")
"""The person that a flag or case names."""


admit_to_people = staff_alone(Bilingual("人员信息仅限监管部门查询", "People are for regulators"), rule="person.role")
