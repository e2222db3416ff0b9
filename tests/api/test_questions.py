"""Questions whose answers can be worked out by hand."""

from datetime import UTC, datetime, timedelta

import httpx
from apikit.builder import change_set
from apikit.clients import Ask, Counting
from apikit.sample import CHAIN, CMS, SINGLE, Sample

from registry.api.context import write_instant
from registry.db.pool import Database


async def test_institution_with_everything_about_it(ask: Ask) -> None:
    answer = await ask(
        """query($code: String!) { institution(code: $code) {
          code scheme name kind status beds openedOn address
          region { code name parent { code parent { code } } }
          organisation { uscc name legalForm registeredOn institutions { totalCount nodes { code } } }
          assessedGrade { grade validFrom validTo decidedOn assessor documentNumber }
          notRatedReason { code }
          rating { stars score asOf supersededAt rank { nation region kind } policy { code version }
                   run { kind durations { stage milliseconds } }
                   contributions { indicator scaledValue scaledPoints weight contribution } domains { number grade } }
        } }""",
        code=f" {SINGLE.lower()}",
    )
    assert "errors" not in answer
    assert answer["data"]["institution"] == {
        "code": SINGLE,
        "scheme": "USCC",
        "name": "安康颐养院",
        "kind": "CARE_HOME",
        "status": "ACTIVE",
        "beds": 150,
        "openedOn": "2011-03-01",
        "address": None,
        "region": {"code": "220102", "name": "南关区", "parent": {"code": "220100", "parent": {"code": "220000"}}},
        "organisation": {
            "uscc": SINGLE,
            "name": "安康养老院有限公司",
            "legalForm": "COMPANY",
            "registeredOn": "2011-02-03",
            "institutions": {"totalCount": 1, "nodes": [{"code": SINGLE}]},
        },
        "assessedGrade": {
            "grade": 4,
            "validFrom": "2025-05-01",
            "validTo": "2028-04-30",
            "decidedOn": "2025-05-01",
            "assessor": "长春市民政局",
            "documentNumber": "长民〔2025〕1号",
        },
        "notRatedReason": None,
        "rating": {
            "stars": 5,
            "score": "95.55",
            "asOf": "2026-11-01",
            "supersededAt": None,
            "rank": {"nation": 1, "region": 1, "kind": 1},
            "policy": {"code": "national", "version": "1"},
            "run": {
                "kind": "FULL",
                "durations": [{"stage": "read", "milliseconds": 7}, {"stage": "score", "milliseconds": 12}],
            },
            "contributions": [
                {
                    "indicator": "CERTIFIED",
                    "scaledValue": 875,
                    "scaledPoints": 9000,
                    "weight": "0.612345",
                    "contribution": "55.11",
                },
                {
                    "indicator": "SKILL",
                    "scaledValue": 31,
                    "scaledPoints": 4100,
                    "weight": "0.387655",
                    "contribution": "15.89",
                },
            ],
            "domains": [{"number": 1, "grade": 4}],
        },
    }


async def test_unknown_code_is_an_answer(ask: Ask) -> None:
    answer = await ask('{ institution(code: "nonsense\\u0000") { name } organisation(uscc: "X") { name } }')
    assert answer["data"] == {"institution": None, "organisation": None}
    assert "errors" not in answer


async def test_as_of_says_what_the_register_said(ask: Ask, sample: Sample) -> None:
    question = """query($at: DateTime) { institution(code: "914403001922038216", asOf: $at) {
      name beds rating { stars rank { nation } } ratingHistory { totalCount nodes { stars supersededAt } } } }"""
    before = await ask(question, at=write_instant(sample.recorded[0]))
    assert before["data"]["institution"] is None
    unrated = await ask(question, at=write_instant(sample.recorded[1]))
    assert unrated["data"]["institution"]["rating"] is None
    first = await ask(question, at=write_instant(sample.recorded[3]))
    assert first["data"]["institution"] == {
        "name": "安康养老院",
        "beds": 120,
        "rating": {"stars": 4, "rank": {"nation": 1}},
        "ratingHistory": {"totalCount": 1, "nodes": [{"stars": 4, "supersededAt": None}]},
    }
    latest = await ask(question, at=write_instant(sample.recorded[-1]))
    current = await ask(question)
    assert latest["data"] == current["data"]
    assert current["data"]["institution"]["ratingHistory"]["nodes"][1]["supersededAt"] == write_instant(
        sample.recorded[5]
    )


async def test_register_extension_tells_the_position(ask: Ask, sample: Sample) -> None:
    plain = await ask('{ institution(code: "x") { name } }')
    assert plain["extensions"]["register"] == {"position": 6, "recordedAt": write_instant(sample.recorded[-1])}
    asked = sample.recorded[2] + timedelta(microseconds=1)
    past = await ask(
        """query($at: DateTime) {
             a: institutions(asOf: $at) { totalCount } b: institution(code: "x", asOf: $at) { code } }""",
        at=asked.isoformat(),
    )
    assert past["extensions"]["register"]["asOf"] == [
        {
            "asked": write_instant(asked),
            "resolvedPosition": 3,
            "recordedAt": write_instant(sample.recorded[2]),
            "beyondHead": False,
        }
    ]
    beyond = await ask(
        "query($at: DateTime) { institutions(asOf: $at) { totalCount } }",
        at=write_instant(datetime.now(UTC)),
    )
    assert beyond["extensions"]["register"]["asOf"][0]["beyondHead"] is True
    assert beyond["extensions"]["register"]["asOf"][0]["resolvedPosition"] == 6


async def test_position_zero_is_before_everything(ask: Ask) -> None:
    answer = await ask('{ institutions(asOf: "1999-01-01T00:00:00Z") { totalCount nodes { code } } }')
    assert answer["data"]["institutions"] == {"totalCount": 0, "nodes": []}
    assert answer["extensions"]["register"]["asOf"][0]["resolvedPosition"] == 0


async def test_ratings_answer_each_code_in_order(ask: Ask) -> None:
    answer = await ask(
        """query($codes: [String!]!) { ratings(codes: $codes) { __typename
          ... on Rated { code institution { code } rating { stars score } }
          ... on NotRated { code reason { code } }
          ... on SeveralInstitutions { code codes institutions { code rating { stars } } }
          ... on UnknownCode { code } } }""",
        codes=["FAC:A1", "nobody", CHAIN, SINGLE, "fac:b2", CMS, "FAC:A1", "uscc:" + SINGLE],
    )
    chain = [{"code": "FAC:A1", "rating": {"stars": 3}}, {"code": "FAC:B2", "rating": None}]
    east = {
        "__typename": "Rated",
        "code": "FAC:A1",
        "institution": {"code": "FAC:A1"},
        "rating": {"stars": 3, "score": "57.33"},
    }
    single = {"institution": {"code": SINGLE}, "rating": {"stars": 5, "score": "95.55"}}
    assert answer["data"]["ratings"] == [
        east,
        {"__typename": "UnknownCode", "code": "nobody"},
        {"__typename": "SeveralInstitutions", "code": CHAIN, "codes": ["FAC:A1", "FAC:B2"], "institutions": chain},
        {"__typename": "Rated", "code": SINGLE, **single},
        {"__typename": "NotRated", "code": "fac:b2", "reason": {"code": "TOO_FEW_STAFF"}},
        {"__typename": "NotRated", "code": CMS, "reason": {"code": "NOT_YET_RATED"}},
        east,
        {"__typename": "Rated", "code": "uscc:" + SINGLE, **single},
    ]


async def test_whatever_is_typed_for_a_code_is_answered_in_its_place(ask: Ask) -> None:
    typed = ['"', "\\u0000", "],[", "", "\n", "x\x00y", "养老", "ＦＡＣ:Ａ１", "null", "\U0001f3e0", "FAC:A1"]
    answer = await ask(
        "query($codes: [String!]!) { ratings(codes: $codes) { ... on UnknownCode { code } ... on Rated { code } } }",
        codes=typed,
    )
    assert [given["code"] for given in answer["data"]["ratings"]] == [text.replace("\x00", "\ufffd") for text in typed]


async def test_organisation_with_one_open_institution_answers_for_it(
    ask: Ask, sample: Sample, database: Database
) -> None:
    async with change_set(database) as writer:
        await writer.amend("institution", sample.institutions["west"], status="CLOSED")
    answer = await ask('{ ratings(codes: ["91330100799655058B"]) { ... on Rated { code institution { code } } } }')
    assert answer["data"]["ratings"] == [{"code": CHAIN, "institution": {"code": "FAC:A1"}}]


async def test_batch_of_a_thousand_codes(ask: Ask) -> None:
    codes = [SINGLE, "?"] * 500
    answer = await ask("query($c: [String!]!) { ratings(codes: $c) { __typename } }", c=codes)
    assert [item["__typename"] for item in answer["data"]["ratings"]] == ["Rated", "UnknownCode"] * 500


async def test_regions_are_those_valid_on_the_day(ask: Ask) -> None:
    answer = await ask(
        """{ now: regions(filter: {parent: "220100"}) { nodes { code } }
             null: regions(filter: {parent: "220100", validOn: null}) { nodes { code } }
             then: regions(filter: {parent: "220100", validOn: "1999-12-31"}) { nodes { code } }
             nation: regions(filter: {level: NATION}) { nodes { code nameEn children { nodes { code } } } } }"""
    )
    assert [node["code"] for node in answer["data"]["now"]["nodes"]] == ["220102", "220104"]
    assert answer["data"]["null"] == answer["data"]["now"]
    assert [node["code"] for node in answer["data"]["then"]["nodes"]] == ["220102", "220104", "220199"]
    assert answer["data"]["nation"]["nodes"][1] == {
        "code": "US",
        "nameEn": "United States",
        "children": {"nodes": [{"code": "US-AL"}]},
    }


async def test_region_of_an_institution_is_the_one_valid_on_the_law_day(ask: Ask) -> None:
    answer = await ask('{ institution(code: "FAC:A1") { region { name validTo } } }')
    assert answer["data"]["institution"]["region"] == {"name": "朝阳区", "validTo": "2039-12-31"}


async def test_runs_and_policies(ask: Ask) -> None:
    answer = await ask(
        """{ ratingPolicies(filter: {code: "national", inForceOn: "2026-01-01", region: "cn"}) {
               nodes { titleZh indicators region { code } } }
             ratingRuns(filter: {policy: "national@1", kind: FULL}) {
               totalCount nodes { readPosition position asOf policies { policy { code } countsByStars
                 weights { indicator base final } weightsRun { asOf } inputDigest
                 distribution { measure present quantiles { percent value } } } } }
             none: ratingRuns(filter: {policy: "other"}) { totalCount } }"""
    )
    data = answer["data"]
    assert data["ratingPolicies"]["nodes"] == [
        {"titleZh": "政策national", "indicators": ["CERTIFIED", "SKILL"], "region": {"code": "CN"}}
    ]
    newest, first = data["ratingRuns"]["nodes"]
    assert (newest["position"], first["position"], data["ratingRuns"]["totalCount"]) == (6, 4, 2)
    assert newest["policies"][0]["weights"] == []
    assert newest["policies"][0]["weightsRun"] == {"asOf": "2026-10-01"}
    assert first["policies"][0]["weights"][0] == {"indicator": "CERTIFIED", "base": "0.400000", "final": "0.612345"}
    assert first["policies"][0]["inputDigest"] == "01" * 32
    spread, nobody = first["policies"][0]["distribution"]
    assert nobody == {"measure": "BEDS", "present": 0, "quantiles": []}
    assert spread["quantiles"][2:4] == [{"percent": 25, "value": "0.10"}, {"percent": 50, "value": "0.50"}]
    assert data["none"] == {"totalCount": 0}


async def test_nodes_by_global_identifier(ask: Ask) -> None:
    ids = (
        await ask(
            """{ institution(code: "FAC:A1") { id region { id } organisation { id } }
             ratingRuns { nodes { id } } ratingPolicies { nodes { id } } }"""
        )
    )["data"]
    institution = ids["institution"]
    wanted = [
        ids["ratingRuns"]["nodes"][0]["id"],
        institution["id"],
        "SW5zdGl0dXRpb246OTk5OQ",
        institution["region"]["id"],
        institution["organisation"]["id"],
        ids["ratingPolicies"]["nodes"][0]["id"],
        institution["id"],
    ]
    answer = await ask(
        """query($ids: [ID!]!, $one: ID!) {
             nodes(ids: $ids) { __typename id ... on Institution { code } ... on Region { code } }
             node(id: $one) { id ... on Institution { name } } nothing: nodes(ids: []) { id } }""",
        ids=wanted,
        one=institution["id"],
    )
    nodes = answer["data"]["nodes"]
    assert [node and node["id"] for node in nodes] == [*wanted[:2], None, *wanted[3:]]
    assert [node and node["__typename"] for node in nodes] == [
        "RatingRun",
        "Institution",
        None,
        "Region",
        "Organisation",
        "RatingPolicy",
        "Institution",
    ]
    assert nodes[1]["code"] == "FAC:A1"
    assert answer["data"]["node"] == {"id": institution["id"], "name": "夕阳红东站"}
    assert answer["data"]["nothing"] == []


async def test_viewer_is_answered_by_a_resolver_and_counted(ask: Ask, observed: Counting) -> None:
    assert (await ask("{ viewer { role name } }"))["data"]["viewer"] == {"role": "PUBLIC", "name": ""}
    told = await ask("{ viewer { role name regionCode institutionCode } }", "jilin")
    assert told["data"]["viewer"] == {
        "role": "REGULATOR",
        "name": "jilin",
        "regionCode": "220000",
        "institutionCode": None,
    }
    assert observed.fallbacks == ["viewer", "viewer"]


async def test_planned_fields_are_not_counted_as_fallbacks(ask: Ask, observed: Counting) -> None:
    await ask('query Named { institution(code: "x") { name } __typename __schema { description } }')
    assert observed.fallbacks == []
    assert observed.operations == [("query", "Named", ())]


async def test_two_root_fields_and_aliases(ask: Ask) -> None:
    answer = await ask(
        """query($with: Boolean!) {
             a: institution(code: "FAC:A1") { n: name ...Beds }
             b: institution(code: "FAC:B2") { ...Beds code @skip(if: $with) } }
           fragment Beds on Institution { beds @include(if: $with) ... on Node { id } __typename again: beds }""",
        **{"with": True},
    )
    assert list(answer["data"]["a"]) == ["n", "beds", "id", "__typename", "again"]
    assert answer["data"]["b"]["beds"] == 30
    assert "code" not in answer["data"]["b"]


async def test_get_answers_queries(client: httpx.AsyncClient, sample: Sample) -> None:
    response = await client.get("/graphql", params={"query": '{ institution(code: "FAC:A1") { beds } }'})
    assert response.json()["data"] == {"institution": {"beds": 10}}
