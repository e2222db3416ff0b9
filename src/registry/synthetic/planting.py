"""Irregularities planted on purpose: what a register should find, and where."""

from dataclasses import dataclass, field

import numpy as np

from registry.domain.errors import Bilingual
from registry.synthetic.certification import NO_LEVEL, REVOKED, SKILL, VALID, Certificates, join
from registry.synthetic.days import NEVER
from registry.synthetic.draws import Bools, Draws, Ints
from registry.synthetic.evaluators import ACCREDITED_FROM, WITHDRAWN_DAYS_AGO
from registry.synthetic.scene import Scene
from registry.synthetic.staff import CARER, People, Posts

INSTITUTIONS_PER_FINDING = 100
SHORT_BEDS = 150
JUMP_CARERS = 6
JUMP_DAYS_AGO = 25

(
    DOUBLE_POST,
    EXPIRED,
    REVOKED_ON_POST,
    ISSUER_WITHDRAWN,
    RATIO_JUMP,
    SOCIAL_WORKERS_SHORT,
    CONTRADICTION,
    LISTED_PERSON,
) = (
    "DOUBLE_FULL_TIME_POST",
    "EXPIRED_CERTIFICATE_ON_POST",
    "REVOKED_CERTIFICATE_ON_POST",
    "ISSUED_AFTER_WITHDRAWAL",
    "CERTIFIED_RATIO_JUMP",
    "SOCIAL_WORKERS_SHORT",
    "SOURCES_CONTRADICT",
    "LISTED_PERSON_EMPLOYED",
)
FINDINGS = {
    DOUBLE_POST: Bilingual("同一人在两家机构同时全职任职(挂证)", "one person full time at two institutions on one day"),
    EXPIRED: Bilingual("在岗护理员的唯一证书已过期", "the only certificate of a carer on post has expired"),
    REVOKED_ON_POST: Bilingual("在岗护理员的唯一证书已被撤销", "the only certificate of a carer on post is revoked"),
    ISSUER_WITHDRAWN: Bilingual("证书在评价机构被取消备案后签发", "issued after its issuer lost the accreditation"),
    RATIO_JUMP: Bilingual(
        "持证率因同日批量发证骤升", "certified ratio jumps by certificates of one day and one issuer"
    ),
    SOCIAL_WORKERS_SHORT: Bilingual("150张以上床位没有社会工作者", "150 beds or more and no social worker"),
    LISTED_PERSON: Bilingual("列入失信名单的人员在岗", "a person on a list of dishonesty is on post"),
    CONTRADICTION: Bilingual("第二来源的记录与第一来源不一致", "a row of a second source contradicts the first"),
}


@dataclass(slots=True)
class Plan:
    """The findings of one block: each gets a number, which rows carry in `planted`."""

    wanted: int
    kinds: list[str] = field(default_factory=list)
    institutions: list[tuple[int, ...]] = field(default_factory=list)

    def add(self, kind: str, *institutions: int) -> int:
        """Notes a finding and gives its number."""
        self.kinds.append(kind)
        self.institutions.append(institutions)
        return len(self.kinds) - 1


def wanted_findings(start: int, end: int) -> int:
    """How many findings of each kind the institutions from start to end get: one in a hundred, at least one in all."""
    number = end // INSTITUTIONS_PER_FINDING - start // INSTITUTIONS_PER_FINDING
    return max(number, 1) if start == 0 else number


def some(draws: Draws, candidates: Ints, count: int) -> Ints:
    """Some of the candidates, none twice, in a drawn order."""
    order = np.argsort(draws.uniform(candidates.shape[0]), kind="stable")
    return candidates[order][:count]


def plant_social_shortage(scene: Scene, plan: Plan) -> Ints:
    """The institutions that get no social worker."""
    rows = some(scene.draws, np.nonzero((scene.homes.beds >= SHORT_BEDS) & scene.active)[0], plan.wanted)
    for row in rows.tolist():
        plan.add(SOCIAL_WORKERS_SHORT, row)
    return rows


def plant_double_posts(scene: Scene, plan: Plan, posts: Posts) -> Posts:
    """The posts, and for some full-time carers a second full-time post elsewhere that began later."""
    draws, active, as_of = scene.draws, scene.active, scene.as_of
    sound = posts.current & active[posts.institution] & (posts.occupation == CARER) & (posts.fte == 1_000)
    rows = some(draws, np.nonzero(sound & (posts.started < as_of - 90))[0], plan.wanted)
    others = some(draws, np.nonzero(active)[0], 2 * plan.wanted + 2)
    for row in rows.tolist():
        other = next((home for home in others.tolist() if home != posts.institution[row]), None)
        if other is None:
            continue
        others = others[others != other]
        posts.planted[row] = plan.add(DOUBLE_POST, int(posts.institution[row]), other)
        second = posts.take(np.array([row]))
        second.institution[:] = other
        second.started[:] = max(int(posts.started[row]) + 30, int(scene.homes.opened[other]), as_of - 60)
        posts = posts.joined(second)
    return posts.take(np.lexsort((posts.started, posts.institution)))


def _on_post(scene: Scene, posts: Posts, people: People) -> Bools:
    """Which persons' first post is a carer's, current, in an active institution and not planted."""
    post = people.post
    plain = posts.current[post] & (posts.planted[post] < 0) & (posts.occupation[post] == CARER)
    on_post: Bools = plain & scene.active[posts.institution[post]]
    return on_post


def plant_ratio_jumps(scene: Scene, plan: Plan, posts: Posts, people: People, skill: Certificates) -> Certificates:
    """The certificates, with those of some institutions' carers replaced by a batch of one day and one issuer."""
    draws, homes, as_of = scene.draws, scene.homes, scene.as_of
    on_post = np.nonzero(_on_post(scene, posts, people))[0]
    institution = posts.institution[people.post[on_post]]
    numbers = np.bincount(institution, minlength=homes.count)
    for row in some(draws, np.nonzero(numbers >= JUMP_CARERS)[0], plan.wanted).tolist():
        carers = on_post[institution == row]
        issuers = skill.evaluator[(skill.evaluator >= 0) & (skill.kind == SKILL)]
        if issuers.shape[0] == 0:
            return skill
        finding = plan.add(RATIO_JUMP, row)
        skill = without(skill, carers)
        skill = join([skill, _batch(carers[carers.shape[0] // 5 :], int(issuers[0]), finding, as_of)])
    return skill


def without(certificates: Certificates, people: Ints) -> Certificates:
    """The certificates of everybody but some people."""
    return certificates.take(np.nonzero(~np.isin(certificates.person, people))[0])


def _batch(people: Ints, evaluator: int, finding: int, as_of: int) -> Certificates:
    count = people.shape[0]
    return Certificates(
        person=people,
        kind=np.full(count, SKILL),
        occupation=np.full(count, CARER),
        level=np.full(count, 1),
        evaluator=np.full(count, evaluator),
        issued=np.full(count, as_of - JUMP_DAYS_AGO),
        expires=np.full(count, NEVER),
        status=np.full(count, VALID),
        status_from=np.full(count, NEVER),
        planted=np.full(count, finding),
    )


def plant_bad_certificates(scene: Scene, plan: Plan, posts: Posts, people: People, skill: Certificates) -> Ints:
    """Makes some certificates expired, revoked, or issued after their issuer's withdrawal; gives their holders."""
    draws, evaluators, as_of = scene.draws, scene.evaluators, scene.as_of
    sound = (skill.planted < 0) & (skill.kind == SKILL) & (skill.status == VALID) & (skill.level != NO_LEVEL)
    rows = some(draws, np.nonzero(sound & _on_post(scene, posts, people)[skill.person])[0], 3 * plan.wanted)
    withdrawn = np.nonzero(evaluators.withdrawn != NEVER)[0]
    for place, row in enumerate(rows.tolist()):
        kind = (EXPIRED, REVOKED_ON_POST, ISSUER_WITHDRAWN)[place % 3]
        skill.planted[row] = plan.add(kind, int(posts.institution[people.post[skill.person[row]]]))
        if kind == EXPIRED:
            skill.issued[row] = max(as_of - 5 * 365 - 40, ACCREDITED_FROM)
            skill.expires[row] = as_of - 30 - place % 20
        elif kind == REVOKED_ON_POST:
            skill.issued[row] = min(int(skill.issued[row]), as_of - 120)
            skill.status[row], skill.status_from[row] = REVOKED, as_of - 20 - place % 60
        else:
            skill.evaluator[row] = withdrawn[place % withdrawn.shape[0]]
            skill.issued[row], skill.expires[row] = as_of - WITHDRAWN_DAYS_AGO + 30 + place % 90, NEVER
    return skill.person[rows]
