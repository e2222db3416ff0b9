"""What each root field is asked, so that the place's own things are what it tells."""

from tests.api.surface.conftest import Place

from registry.api.planner.nodes import write_id


def roots(place: Place) -> dict[str, str]:
    """The arguments of every root field."""
    entry = write_id("CreditEntry", place.entry)
    return {
        "institution": f'(code: "{place.code}")',
        "institutions": f'(filter: {{codePrefix: "{place.code}"}})',
        "organisation": f'(uscc: "{place.organisation}")',
        "ratings": f'(codes: ["{place.code}", "{place.organisation}", "unknown"])',
        "procurementCheck": f'(codes: ["{place.code}"], criteria: {{minStars: 5, noBlackEntry: true}})',
        "procurementStatement": '(id: "unknown")',
        "reviewStatement": '(id: "unknown")',
        "verifyStatement": f'(sha256: "{"0" * 64}")',
        "regions": f'(filter: {{parent: "{place.region[:2]}0000"}})',
        "regionStatistics": f'(code: "{place.region}")',
        "creditEntries": f'(filter: {{subject: "{place.code}"}})',
        "creditLists": "",
        "creditTerms": "",
        "creditWindows": "",
        "flagRules": "",
        "ratingPolicies": "",
        "ratingRuns": "",
        "runUnderWay": "",
        "changes": "(first: 1000)",
        "qualityNotes": "",
        "flags": f'(filter: {{institution: "{place.code}"}})',
        "cases": f'(filter: {{subject: "{place.code}"}})',
        "creditCase": f'(id: "{place.case}")',
        "person": f'(id: "{place.person}")',
        "complaints": "",
        "imports": "",
        "auditTrail": "",
        "webhooks": "",
        "uploads": "",
        "sources": "",
        "complaintReceipt": '(receipt: "unknown")',
        "node": f'(id: "{entry}")',
        "nodes": f'(ids: ["{entry}", "{place.run}"])',
        "viewer": "",
    }
