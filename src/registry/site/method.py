"""How ratings are made: the policies in plain words, and the weights of the latest recomputation."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from registry.site import policy_words
from registry.site.documents import RUN
from registry.site.frame import Page, Visit


async def overview(visit: Visit) -> Page | Response:
    """From facts to stars, and the policies in force."""
    policies = await policy_words.read_policies(visit)
    today = visit.today.isoformat()
    return Page("method.html", {"policies": [policy for policy in policies if in_force(policy, today)]})


def in_force(policy: Mapping[str, Any], today: str) -> bool:
    """Whether a policy is in force on a day."""
    return bool(policy["effectiveFrom"] <= today and (policy["effectiveTo"] is None or today <= policy["effectiveTo"]))


async def policy(visit: Visit) -> Page | Response:
    """One policy in plain words, with its document beside it."""
    code, _, version = visit.request.path_params["policy"].partition("@")
    for found in await policy_words.read_policies(visit):
        if (found["code"], found["version"]) == (code, version):
            return Page("policy.html", _in_words(visit, found))
    return Page("error.html", {"status": 404, "reason": visit.say("rulebook.unknown")}, 404, indexed=False)


def _in_words(visit: Visit, found: dict[str, Any]) -> dict[str, Any]:
    document = policy_words.document_of(found)
    language = visit.language
    grades = [policy_words.title_of(language, grade, grade["code"]) for grade in document.get("grades", ())]
    overall = document.get("overall", {})
    cuts = overall.get("cuts", ()) if overall.get("base") == "score" else ()
    caps = [*document.get("caps", ()), *document.get("credit_caps", ())]
    return {
        "policy": found,
        "grades": grades,
        "cuts": list(cuts),
        "parts_of": policy_words.parts(language, document),
        "demands": policy_words.demands(language, document),
        "caps": [(policy_words.title_of(language, cap, cap["code"]), str(cap.get("legal_basis", ""))) for cap in caps],
        "weighting": document.get("weighting", {}),
        "most": document.get("score", {}).get("maximum"),
    }


async def weights(visit: Visit) -> Page | Response:
    """The weights of the latest full run, beside their base and bounds, and how measures are spread."""
    told = await visit.answer(RUN)
    runs = told.data["ratingRuns"]["nodes"]
    run = runs[0] if runs else None
    done = run["policies"] if run else []
    await policy_words.shelve(visit, done)
    policies = [{**one, "titles": _titles(visit, one), "spreads": _spreads(one)} for one in done if one["population"]]
    return Page("weights.html", {"run": run, "policies": policies, "value": policy_words.value_text})


def _spreads(one: dict[str, Any]) -> dict[str, dict[int, str]]:
    """The values of each measure by their quantile."""
    return {
        line["measure"]: {quantile["percent"]: quantile["value"] for quantile in line["quantiles"]}
        for line in one["distribution"]
    }


def _titles(visit: Visit, one: dict[str, Any]) -> dict[str, str]:
    document = policy_words.document_of(one["policy"])
    named = dict(policy_words.measures_of(document))
    named |= {code: policy_words.measure_of(document, code) for code in policy_words.indicators_of(document)}
    return {code: policy_words.title_of(visit.language, measure, code) for code, measure in named.items()}
