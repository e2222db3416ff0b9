"""The mutations: each takes one input, calls one use case, and gives a payload union."""

from dataclasses import asdict
from typing import Annotated, Any

import strawberry

from registry.api import adoption, cases, certificates, complaints, entry_acts, row_imports, statements, webhooks
from registry.api.context import OperationContext
from registry.api.flags import FlagViolationPayload, ResolveFlagPayload, raise_by_hand, resolve
from registry.api.inputs import (
    INPUT,
    AddRatingPolicyInput,
    CreateApiKeyInput,
    RecomputeRatingsInput,
    RevokeApiKeyInput,
    once,
)
from registry.api.payloads import (
    AddRatingPolicyPayload,
    ApiKeyCreated,
    ApiKeyRevoked,
    CreateApiKeyPayload,
    RatingPolicyAdded,
    RatingsRecomputed,
    RecomputeRatingsPayload,
    RevokeApiKeyPayload,
    failing_softly,
)
from registry.api.types.filters import canonical_code
from registry.api.unmasking import UnmaskPersonPayload, unmask
from registry.domain.errors import Bilingual, NotFound
from registry.domain.identifiers import normalise_code
from registry.services.api_keys import NewKey, create_key, revoke_key
from registry.services.policies import add_policy
from registry.services.rating_runs import recompute

Info = strawberry.Info[OperationContext, None]


def _mutation(resolver: Any, description: str) -> Any:
    return strawberry.mutation(resolver=failing_softly(resolver), description=description)


async def create_api_key(info: Info, input_: Annotated[CreateApiKeyInput, INPUT]) -> CreateApiKeyPayload:
    """Make a key."""
    context = info.context
    wanted = NewKey(
        name=input_.name,
        role=input_.role,
        region_code=None if input_.region is None else normalise_code(input_.region),
        institution_code=None if input_.institution is None else canonical_code(input_.institution),
        days=input_.days,
    )
    created = await create_key(context.api.database, context.api.secret, context.actor, wanted, **once(context, input_))
    return ApiKeyCreated(**{**asdict(created), "id": strawberry.ID(str(created.id))})


async def revoke_api_key(info: Info, input_: Annotated[RevokeApiKeyInput, INPUT]) -> RevokeApiKeyPayload:
    """Revoke a key; doing it again changes nothing."""
    context = info.context
    revoked = await revoke_key(context.api.database, context.actor, _key_number(input_.id), **once(context, input_))
    return ApiKeyRevoked(
        id=strawberry.ID(str(revoked.id)), name=revoked.name, prefix=revoked.prefix, revoked_at=revoked.revoked_at
    )


def _key_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound(
            Bilingual("没有这样的密钥", "There is no such key"), rule="api-key.unknown", path=("input", "id")
        )
    return int(text)


async def add_rating_policy(info: Info, input_: Annotated[AddRatingPolicyInput, INPUT]) -> AddRatingPolicyPayload:
    """Check and store a policy document."""
    context = info.context
    stored = await add_policy(context.api.database, context.actor, input_.document, **once(context, input_))
    return RatingPolicyAdded(number=stored.id)


async def recompute_ratings(info: Info, input_: Annotated[RecomputeRatingsInput, INPUT]) -> RecomputeRatingsPayload:
    """Do a scoring run and publish it."""
    context = info.context
    done = await recompute(
        context.api.database,
        context.actor,
        policy=input_.policy,
        as_of=input_.as_of,
        incremental=input_.incremental,
        **once(context, input_),
    )
    return RatingsRecomputed(number=done.id, as_of=done.as_of, institutions=done.institutions, changed=done.changed)


@strawberry.type(description="What can be done; an expected failure is a member of the payload, not an error. 操作")
class Mutation:
    """The mutation type."""

    create_api_key: CreateApiKeyPayload = _mutation(create_api_key, "Make an API key. For ADMIN. 创建API密钥")
    revoke_api_key: RevokeApiKeyPayload = _mutation(revoke_api_key, "Revoke an API key. For ADMIN. 撤销API密钥")
    add_rating_policy: AddRatingPolicyPayload = _mutation(
        add_rating_policy, "Check a policy document and store it for good. For ADMIN. 新增评级政策"
    )
    recompute_ratings: RecomputeRatingsPayload = _mutation(
        recompute_ratings, "Rate now and publish what changed, in one change set. For ADMIN. 重新评级"
    )
    create_webhook: webhooks.CreateWebhookPayload = _mutation(
        webhooks.create, "Have changes told to an address of yours as they happen. For every holder of a key. 新建推送"
    )
    pause_webhook: webhooks.PauseWebhookPayload = _mutation(
        webhooks.pause, "Tell a webhook nothing until it is resumed. For its owner, and for ADMIN. 暂停推送"
    )
    resume_webhook: webhooks.ResumeWebhookPayload = _mutation(
        webhooks.resume,
        "Tell a webhook on from where it stands, or from another position. For its owner, and for ADMIN. 恢复推送",
    )
    rotate_webhook_secret: webhooks.RotateWebhookSecretPayload = _mutation(
        webhooks.rotate,
        "Give a webhook another secret; for a day messages are signed by both. For its owner, and for ADMIN. "
        "更换推送密钥",
    )
    remove_webhook: webhooks.RemoveWebhookPayload = _mutation(
        webhooks.remove, "Remove a webhook. For its owner, and for ADMIN. 删除推送"
    )
    flag_violation: FlagViolationPayload = _mutation(
        raise_by_hand, "Raise a flag for what was found at an institution of the region. For REGULATOR. 提出预警"
    )
    resolve_flag: ResolveFlagPayload = _mutation(
        resolve, "Dismiss an open flag with a reason, or open a case on it; once. For REGULATOR. 处理预警"
    )
    file_complaint: complaints.FileComplaintPayload = _mutation(
        complaints.file,
        "Complain of an institution: a lead for its authority, never shown to others. For everybody, within limits. "
        "举报",
    )
    reveal_complainant: complaints.RevealComplainantPayload = _mutation(
        complaints.reveal, "Tell who complained, which is recorded with the reason. For REGULATOR. 查看举报人"
    )
    issue_procurement_statement: statements.IssueProcurementStatementPayload = _mutation(
        statements.issue,
        "Check bidders, sign the answer and keep it. For PROCUREMENT, and for staff. 出具采购核查证明",
    )
    unmask_person: UnmaskPersonPayload = _mutation(
        unmask,
        "Tell the citizen number of a person of the region, which is recorded with the reason. For REGULATOR and "
        "ADMIN. 查看公民身份号码",
    )
    import_rows: row_imports.ImportRowsPayload = _mutation(
        row_imports.bring,
        "Bring rows, all or nothing, as an import of a file would. For ADMIN, REGULATOR of its region, and INSTITUTION "
        "of its own employments and residents. 数据报送",
    )
    revoke_certificates: certificates.RevokeCertificatesPayload = _mutation(
        certificates.revoke, "Revoke certificates of people of the region. For REGULATOR and ADMIN. 撤销证书"
    )
    withdraw_accreditation: certificates.WithdrawAccreditationPayload = _mutation(
        certificates.withdraw,
        "Withdraw the accreditation of an evaluation organisation of the region. For REGULATOR and ADMIN. "
        "撤销评价机构备案",
    )
    open_case: cases.OpenCasePayload = _mutation(
        cases.open_case, "Open a case on a subject of the region. For REGULATOR. 立案"
    )
    serve_notice: cases.ServeNoticePayload = _mutation(
        cases.serve_notice,
        "Record the service of a notice, which opens the days to state and defend. For REGULATOR. 送达告知书",
    )
    record_defence: cases.RecordDefencePayload = _mutation(
        cases.record_defence,
        "Record what the subject stated in its defence. For REGULATOR, and for the institution concerned. 记录陈述申辩",
    )
    review_case: cases.ReviewCasePayload = _mutation(
        cases.review_case, "Review a case, as another person than opened it. For REGULATOR. 审核"
    )
    consent_to_case: cases.ConsentToCasePayload = _mutation(
        cases.consent_to_case,
        "Give or refuse the consent that some lists need. For REGULATOR of the region directly above. 上一级机关同意",
    )
    decide_case: cases.DecideCasePayload = _mutation(
        cases.decide_case, "List the subject, or dismiss the case; once. For REGULATOR. 决定"
    )
    publish_entry: entry_acts.PublishEntryPayload = _mutation(
        entry_acts.publish_entry, "Publish a decided entry. For REGULATOR. 公示"
    )
    adopt_entry: adoption.AdoptEntryPayload = _mutation(
        adoption.adopt_entry, "Recognise an entry in force of another region; it ends with it. For REGULATOR. 互认"
    )
    withdraw_entry: entry_acts.WithdrawEntryPayload = _mutation(
        entry_acts.withdraw_entry, "Withdraw or annul an entry. For REGULATOR. 移出或撤销"
    )
    raise_objection: entry_acts.RaiseObjectionPayload = _mutation(
        entry_acts.raise_objection,
        "Object to an entry. For REGULATOR, and for INSTITUTION against an entry on itself. 提出异议",
    )
    resolve_objection: entry_acts.ResolveObjectionPayload = _mutation(
        entry_acts.resolve_objection, "Decide on an objection. For REGULATOR. 处理异议"
    )
    apply_for_repair: entry_acts.ApplyForRepairPayload = _mutation(
        entry_acts.apply_for_repair,
        "Ask for the repair of an entry. For REGULATOR, and for INSTITUTION of an entry on itself. 申请信用修复",
    )
    decide_repair: entry_acts.DecideRepairPayload = _mutation(
        entry_acts.decide_repair, "Grant repair, which ends the entry, or refuse it. For REGULATOR. 信用修复决定"
    )
