"""Every GraphQL document of the site; nothing else is ever asked."""

_RATED = """fragment Rated on Rating {
  stars starsBeforeCaps score asOf
  policy { code version gradeCount sha256 }
  contributions { indicator scaledValue }
}"""

_ENTRY = """fragment Entry on CreditEntry {
  id kind origin authority documentNumber decidedOn inForceFrom inForceTo disputed
  ground { code nameZh nameEn }
  subject { __typename ... on Institution { code name } ... on Organisation { code name } ... on ListedPerson { name numberMask } }
  region { code name nameEn }
}"""  # noqa: E501 - one selection

FRONT = f"""query SiteFront {{
  institutions(first: 0) {{ totalCount }}
  creditEntries(first: 5) {{ totalCount nodes {{ ...Entry }} }}
  ratingRuns(first: 1, filter: {{ kind: FULL }}) {{ nodes {{ asOf finishedAt institutions }} }}
}}
{_ENTRY}"""

FIND = f"""query SiteFind(
  $first: Int, $last: Int, $after: String, $before: String, $filter: InstitutionFilter, $order: [InstitutionOrder!]
) {{
  institutions(first: $first, last: $last, after: $after, before: $before, filter: $filter, orderBy: $order) {{
    totalCount totalCountEstimated
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
    nodes {{
      code name kind beds status
      region {{ name nameEn parent {{ name nameEn }} }}
      assessedGrade {{ grade }}
      creditStatus {{ standing black watch red disputed }}
      notRatedReason {{ code }}
      rating {{ ...Rated }}
    }}
  }}
}}
{_RATED}"""

REGION = """query SiteRegion($code: String!) {
  regions(first: 1, filter: { code: $code }) {
    nodes {
      code name nameEn level
      parent {
        code name nameEn level
        parent { code name nameEn level }
        children(first: 200) { nodes { code name nameEn } }
      }
      children(first: 200) { nodes { code name nameEn } }
    }
  }
}"""

POLICIES = """query SitePolicies {
  ratingPolicies(first: 200) {
    nodes {
      id code version titleZh titleEn legalBasis effectiveFrom effectiveTo sha256 gradeCount document publishedAt
      region { code name nameEn }
    }
  }
}"""

_INSTITUTION_ENTRIES = "creditEntries(first: 50) { totalCount nodes { ...EntryInFull } }"

_ENTRY_IN_FULL = """fragment EntryInFull on CreditEntry {
  id kind origin authority documentNumber reference decidedOn publishedOn inForceFrom inForceTo repairClass earliestRepair disputed
  remedy legalBasis
  list { code nameZh nameEn }
  ground { code nameZh nameEn legalBasis confirmed }
  region { code name nameEn }
  consequences { measure nameZh nameEn legalBasis }
  original { id authority documentNumber }
  subject { __typename ... on Institution { code name } ... on Organisation { code name } ... on ListedPerson { name numberMask } }
}"""  # noqa: E501 - one selection

INSTITUTION = f"""query SiteInstitution($code: String!, $asOf: DateTime) {{
  institution(code: $code, asOf: $asOf) {{
    code scheme name kind status beds openedOn closedOn address
    region {{ code name nameEn parent {{ code name nameEn parent {{ code name nameEn }} }} }}
    organisation {{ code name legalForm }}
    assessedGrade {{ grade validFrom validTo decidedOn assessor documentNumber }}
    creditStatus {{ standing black watch red disputed }}
    workforce {{ day people carers certifiedCarers certifiedRatio countsWithheld skillLadder {{ level people }} }}
    notRatedReason {{ code caps {{ reasonZh reasonEn legalBasis entry {{ id }} }} }}
    rating {{
      stars starsBeforeCaps score asOf publishedAt
      rank {{ nation region kind }}
      policy {{ code version titleZh titleEn gradeCount sha256 }}
      contributions {{ indicator scaledValue scaledPoints weight contribution }}
      caps {{ stage grade reasonZh reasonEn legalBasis entry {{ id }} }}
    }}
    ratingHistory(first: 36) {{
      totalCount
      nodes {{
        stars score asOf publishedAt supersededAt
        policy {{ code version gradeCount titleZh titleEn }}
        contributions {{ indicator weight }}
      }}
    }}
    {_INSTITUTION_ENTRIES}
  }}
}}
{_ENTRY_IN_FULL}"""

NEIGHBOURS = """query SiteNeighbours($region: String!, $target: Decimal!) {
  reaching: institutions(first: 0, filter: { region: $region, minCertifiedRatio: $target }) { totalCount }
  regionStatistics(code: $region) { days { day institutions carers certifiedRatio } }
}"""

STAFF = """query SiteStaff($region: String!, $since: Date!) {
  regionStatistics(code: $region, from: $since) {
    days {
      day institutions beds people carers certifiedCarers certifiedRatio countsWithheld elderly
      skillLadder { level people } occupations { occupation people } education { education people }
      gaps { occupation counted onePer needed present missing legalBasis }
    }
    wages { occupation level surveyedOn people lowerQuarterFromYuan medianFromYuan upperQuarterFromYuan }
  }
}"""

EXPLANATION = """query SiteExplanation($code: String!, $asOf: DateTime) {
  institution(code: $code, asOf: $asOf) {
    code name
    explanation {
      asOf stars score reproduced countsWithheld
      policy { code version titleZh titleEn gradeCount }
      grade { title { zh en } }
      reason { code text { zh en } }
      measures { code title { zh en } value numerator denominator }
      stages {
        stage code title { zh en } legalBasis applied before after
        demand { of value atLeast atMost }
      }
      change { sinceDay score grades before { score stars } after { score stars } parts { part score grades } }
      credit {
        stars suspended score
        caps { atMost title { zh en } legalBasis entry { id } }
        points { points title { zh en } legalBasis entry { id } }
      }
      wayUp {
        target { stars }
        ways { way count searchedUpTo stars score }
        obstacles { stage code title { zh en } of value demand atMost grade domain }
      }
    }
  }
}"""

ORGANISATION = f"""query SiteOrganisation($code: String!, $asOf: DateTime) {{
  organisation(uscc: $code, asOf: $asOf) {{
    code uscc name legalForm status registeredOn address
    region {{ code name nameEn }}
    institutions(first: 100) {{
      totalCount
      nodes {{
        code name kind beds status
        region {{ name nameEn parent {{ name nameEn }} }}
        assessedGrade {{ grade }}
        creditStatus {{ standing black watch red disputed }}
        notRatedReason {{ code }}
        rating {{ ...Rated }}
      }}
    }}
    creditEntries(first: 50) {{ totalCount nodes {{ ...EntryInFull }} }}
  }}
}}
{_RATED}
{_ENTRY_IN_FULL}"""

ENTRIES = f"""query SiteEntries(
  $first: Int, $last: Int, $after: String, $before: String, $filter: CreditEntryFilter, $lists: CreditListFilter
) {{
  creditEntries(first: $first, last: $last, after: $after, before: $before, filter: $filter) {{
    totalCount totalCountEstimated
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
    nodes {{ ...Entry }}
  }}
  creditLists(first: 50, filter: $lists) {{
    nodes {{ code nameZh nameEn authority legalBasis grounds {{ code nameZh nameEn }} }}
  }}
}}
{_ENTRY}"""

ENTRY = f"""query SiteEntry($id: ID!) {{ node(id: $id) {{ __typename ...EntryInFull }} }}
{_ENTRY_IN_FULL}"""

RUN = """query SiteRun {
  ratingRuns(first: 1, filter: { kind: FULL }) {
    nodes {
      kind asOf finishedAt institutions changed engineVersion
      policies {
        policy { code version titleZh titleEn gradeCount sha256 }
        population rated countsByStars inputDigest outputDigest
        weights { indicator base objective low high final }
        distribution { measure present missing quantiles { percent value } }
      }
    }
  }
}"""

NEWS = f"""query SiteNews {{
  creditEntries(first: 50) {{ nodes {{ publishedOn ...Entry }} }}
  ratingRuns(first: 10) {{ nodes {{ id kind asOf finishedAt institutions changed }} }}
  ratingPolicies(first: 50) {{ nodes {{ id code version titleZh titleEn effectiveFrom publishedAt }} }}
}}
{_ENTRY}"""

TERMS = """query SiteTerms {
  creditTerms(first: 20) {
    nodes { repairClass leastMonths mostMonths published effectiveFrom effectiveTo legalBasis confirmed }
  }
}"""

COUNTIES = """query SiteCounties($after: String) {
  regions(first: 1000, after: $after, filter: { level: COUNTY }) {
    nodes { code }
    pageInfo { hasNextPage endCursor }
  }
}"""

COUNTY_CODES = """query SiteCountyCodes($region: String!, $first: Int!, $after: String) {
  institutions(first: $first, after: $after, filter: { region: $region }, orderBy: [{ field: CODE }]) {
    nodes { code }
    pageInfo { hasNextPage endCursor }
  }
}"""

NAMED = """query SiteNamed($code: String!) { institution(code: $code) { code name } }"""

FILE_COMPLAINT = """mutation SiteFileComplaint($input: FileComplaintInput!) {
  fileComplaint(input: $input) {
    __typename
    ... on ComplaintFiled { receipt }
    ... on Failure { rule messageZh messageEn path }
  }
}"""

RECEIPT = """query SiteReceipt($receipt: String!) {
  complaintReceipt(receipt: $receipt) { receipt state receivedOn resolvedOn }
}"""

VERIFY = """query SiteVerify($jws: String, $sha256: String) {
  verifyStatement(jws: $jws, sha256: $sha256) {
    holds sha256 algorithm keyId keyUsedSince recordedEvent
    faults { code textZh textEn }
    says {
      id issuedAt askerRole asOf lawDay position
      answers { code name verdict stars score grade reasons { textZh textEn } }
    }
  }
}"""

HEAD = """query SiteHead { creditTerms(first: 0) { nodes { repairClass } } }"""
"""What costs least: an answer tells the position that it was read at."""


def every_document() -> dict[str, str]:
    """Return the documents by their names."""
    return {name: text for name, text in globals().items() if name.isupper() and not name.startswith("_")}
