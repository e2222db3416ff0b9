"""Organisations: the legal entities that run institutions."""

from datetime import date
from typing import Annotated

import strawberry

from registry.api.planner.connections import Connection
from registry.api.planner.declare import column, global_id
from registry.api.planner.keyset import Key
from registry.api.types.credit_pages import FILTER, OF_ORGANISATION
from registry.api.types.paging import Node, Page, fixed, paged
from registry.api.types.regions import Region, region_of
from registry.api.types.terms import LegalForm, OperatingStatus

BY_CODE = fixed("organisation.institutions", Key("{row}.code", "text"), Key("{row}.id", "bigint"))


@strawberry.type(description="A legal entity that runs institutions. 经营主体")
class Organisation(Node):
    """An organisation as its register row says."""

    id: strawberry.ID = global_id("Organisation")
    code: str = column("code", "Its code; a unified social credit code as it is, any other as `SCHEME:CODE`. 主体代码")
    uscc: str | None = column(
        "CASE WHEN {row}.scheme = 'USCC' THEN {row}.code END",
        "Its unified social credit code by GB 32100; null for another scheme. 统一社会信用代码",
    )
    name: str = column("name", "Its registered name. 名称")
    legal_form: LegalForm = column("legal_form", "Its legal form. 组织形式")
    region: Region | None = region_of("region_code", "The region that registered it. 登记地区划")
    status: OperatingStatus = column("status", "Whether it operates. 经营状态")
    registered_on: date | None = column("registered_on", "Day of its registration. 登记日期")
    address: str | None = column("address", "Its registered address. 住所")
    institutions: Page[Annotated["Institution", strawberry.lazy("registry.api.types.institutions")]] = paged(  # type: ignore[name-defined]  # noqa: F821
        Connection("{institution:{row}}", BY_CODE, "{row}.organisation_id = {parent}.id"),
        "The institutions it runs, by code. 所办机构",
    )
    credit_entries: Page[Annotated["CreditEntry", strawberry.lazy("registry.api.types.credit_entries")]] = paged(  # type: ignore[name-defined]  # noqa: F821
        OF_ORGANISATION,
        "Its own entries on credit lists, the newest decision first; they bear on all its institutions. Staff see "
        "ended ones too. 信用名单记录",
        (FILTER,),
    )
