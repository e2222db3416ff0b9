"""Who is told which field, and who may do what; a new field or mutation is entered here before it is let out.

A field counts as told where a caller gets any value of it, asked about one institution and what belongs to it: the
callers are everybody, a buyer, that institution and another one, its authority and another one, auditor and
administrator.
"""

EVERYBODY = frozenset({"public", "buyer", "own", "other", "region", "elsewhere", "auditor", "admin"})
STAFF = frozenset({"region", "elsewhere", "auditor", "admin"})
"""Authorities of any place; of other places they are told that there is nothing."""
AUTHORITY = frozenset({"region", "auditor", "admin"})
CONCERNED = AUTHORITY | {"own"}
HOLDERS = EVERYBODY - {"public"}
UNFILLED: frozenset[str] = frozenset()
"""Nothing of the kind stands in the register asked: other tests hold who sees it."""

FIELDS = {
    "Query": {
        EVERYBODY: """institution institutions organisation ratings procurementCheck regions regionStatistics
            creditEntries creditLists creditTerms creditWindows ratingPolicies ratingRuns changes viewer
            complaintReceipt node nodes verifyStatement""",
        STAFF | {"buyer"}: "procurementStatement reviewStatement",
        STAFF: "runUnderWay qualityNotes flags flagRules cases person complaints imports sources auditTrail",
        HOLDERS: "webhooks",
        STAFF | {"own", "other"}: "creditCase uploads",
    },
    "Institution": {
        EVERYBODY: """id code scheme name kind region organisation status beds openedOn address assessedGrade rating
            explanation certificate ratingHistory creditStatus creditEntries workforce""",
        UNFILLED: "closedOn notRatedReason",
        STAFF: "listedStaff",
    },
    "InstitutionConnection": {EVERYBODY: "edges nodes pageInfo totalCount totalCountEstimated"},
    "Organisation": {
        EVERYBODY: "id code uscc name legalForm region status registeredOn address institutions creditEntries"
    },
    "ProcurementCheck": {EVERYBODY: "lawDay position recordedAt showsAllEntries criteria answers"},
    "RatingCertificate": {EVERYBODY: "jws sha256 algorithm keyId lawDay position recordedAt"},
    "ProcurementStatement": {UNFILLED: "id issuedAt position jws"},
    "StatementReview": {UNFILLED: "id lawDay statedPosition position recordedAt differs differences"},
    "StatementDifference": {UNFILLED: "code verdictStated verdictNow reasonsGone reasonsNew facts changes"},
    "FactDifference": {UNFILLED: "fact stated now"},
    "LateChanges": {
        UNFILLED: "kind action position recordedAt changeSetKind cause source aboutFrom late fields rows",
    },
    "StatementVerification": {
        EVERYBODY: "holds faults sha256",
        UNFILLED: "algorithm keyId keyUsedSince recordedEvent says",
    },
    "StatementFinding": {EVERYBODY: "code textZh textEn"},
    "StatedCheck": {
        UNFILLED: """id issuedAt askerRole asOf lawDay position recordedAt showsAllEntries reachedEvent reachedHash
            criteria answers""",
    },
    "StatedCriteria": {
        UNFILLED: """minStars minAssessedGrade minValidityDays minCertifiedRatio regions noBlackEntry noWatchEntry
            countDisputed operating""",
    },
    "StatedAnswer": {
        UNFILLED: "code verdict name stars score policy certifiedRatio grade gradeValidTo reasons",
    },
    "StatedReason": {UNFILLED: "code verdict textZh textEn wanted found groundCode"},
    "AppliedCriteria": {
        EVERYBODY: "minStars noBlackEntry noWatchEntry countDisputed operating",
        UNFILLED: "minAssessedGrade minValidityDays minCertifiedRatio regions",
    },
    "ProcurementAnswer": {
        EVERYBODY: """code verdict reasons institution organisation rating certifiedRatio assessedGrade entries""",
    },
    "ProcurementReason": {
        EVERYBODY: "code verdict textZh textEn wanted found endedSince",
        UNFILLED: "groundCode disputed entry",
    },
    "Rated": {EVERYBODY: "code institution rating"},
    "NotRated": {UNFILLED: "code institution reason"},
    "SeveralInstitutions": {UNFILLED: "code codes institutions"},
    "UnknownCode": {EVERYBODY: "code"},
    "RegionConnection": {EVERYBODY: "edges nodes pageInfo totalCount totalCountEstimated"},
    "CreditEntryConnection": {EVERYBODY: "edges nodes pageInfo totalCount totalCountEstimated"},
    "CreditListConnection": {EVERYBODY: "edges nodes pageInfo totalCount totalCountEstimated"},
    "CreditTermConnection": {EVERYBODY: "edges nodes pageInfo totalCount totalCountEstimated"},
    "CreditWindowConnection": {EVERYBODY: "edges nodes pageInfo totalCount totalCountEstimated"},
    "CreditWindowEdge": {EVERYBODY: "cursor node"},
    "CreditWindow": {EVERYBODY: "code days working effectiveFrom legalBasis confirmed", UNFILLED: "effectiveTo"},
    "FlagRuleConnection": {STAFF: "edges nodes pageInfo totalCount totalCountEstimated"},
    "FlagRuleEdge": {STAFF: "cursor node"},
    "FlagRule": {STAFF: "code severity parameters effectiveFrom legalBasis confirmed", UNFILLED: "effectiveTo"},
    "RatingPolicyConnection": {EVERYBODY: "edges nodes pageInfo totalCount totalCountEstimated"},
    "RatingRunConnection": {EVERYBODY: "edges nodes pageInfo totalCount totalCountEstimated"},
    "ChangeConnection": {EVERYBODY: "edges nodes pageInfo totalCount totalCountEstimated"},
    "ComplaintConnection": {
        UNFILLED: "edges nodes",
        STAFF: "pageInfo totalCount totalCountEstimated",
    },
    "ComplaintEdge": {UNFILLED: "cursor node"},
    "Complaint": {
        UNFILLED: """id receipt state institutionCode institutionName regionCode account anonymous receivedOn
            resolvedOn reason flagId caseId""",
    },
    "SourceReportConnection": {STAFF: "edges nodes pageInfo totalCount totalCountEstimated"},
    "SourceReportEdge": {STAFF: "cursor node"},
    "SourceReport": {
        STAFF: """source kind deliveredAt dueDays late missing deliveries rows contradictions openNotes rejectedRows
            refusals""",
    },
    "UploadConnection": {UNFILLED: "edges nodes", HOLDERS - {"buyer"}: "pageInfo totalCount totalCountEstimated"},
    "UploadEdge": {UNFILLED: "cursor node"},
    "Upload": {
        UNFILLED: """id kind source fileName bytesTotal state step bytesRead rows added amended unchanged contradictions
            position rule messageZh messageEn rowErrors createdAt expiresAt endedAt""",
    },
    "WebhookConnection": {UNFILLED: "edges nodes", HOLDERS: "pageInfo totalCount totalCountEstimated"},
    "WebhookEdge": {UNFILLED: "cursor node"},
    "Webhook": {
        UNFILLED: """id url alertUrl codes kinds regionCode state position createdAt deliveredAt failures failingSince
            fault nextAttemptAt disabledAt disabledFor""",
    },
    "ComplaintReceipt": {UNFILLED: "receipt state receivedOn resolvedOn"},
    "ImportBatchConnection": {STAFF: "edges nodes pageInfo totalCount totalCountEstimated"},
    "ImportBatchEdge": {STAFF: "cursor node"},
    "ImportBatch": {
        STAFF: """id kind fileName sha256 source snapshot rows added amended ended unchanged rejected contradictions
            position importedAt""",
    },
    "AuditEventConnection": {STAFF: "edges nodes pageInfo totalCount totalCountEstimated"},
    "AuditEventEdge": {STAFF: "cursor node"},
    "AuditEvent": {  # that a key signs is for all staff; what else is not for other regions: cases/test_trails.py
        STAFF: "sequence recordedAt actor scope action subject details after text previousHash hash",
        AUTHORITY: "before",
        UNFILLED: "requestId",
    },
    "QualityNoteConnection": {
        UNFILLED: "edges nodes",
        STAFF: "pageInfo totalCount totalCountEstimated",
    },
    "FlagConnection": {
        AUTHORITY: "edges nodes",
        STAFF: "pageInfo totalCount totalCountEstimated",
    },
    "CreditCaseConnection": {
        AUTHORITY: "edges nodes",
        STAFF: "pageInfo totalCount totalCountEstimated",
    },
    "CreditCase": {
        CONCERNED: "id state step listCode groundCode subject subjectKind regionCode openedOn steps entry entrySteps",
        AUTHORITY: "intake",
        UNFILLED: "respondBy person intakeReference",
    },
    "Person": {AUTHORITY: "id registerNumber name numberMask education registeredOn posts creditEntries"},
    "Viewer": {
        EVERYBODY: "role",
        UNFILLED: "name",
        frozenset({"region", "elsewhere"}): "regionCode",
        frozenset({"own", "other"}): "institutionCode",
    },
    "Region": {
        EVERYBODY: "id code name level parent validFrom children",
        UNFILLED: "nameEn validTo",
    },
    "Workforce": {EVERYBODY: "day certifiedRatio countsWithheld people carers certifiedCarers skillLadder"},
    "SkillLevelCount": {EVERYBODY: "level people"},
    "RegionStatistics": {EVERYBODY: "region days", UNFILLED: "wages"},
    "RegionStatistic": {
        EVERYBODY: """day institutions beds rated countsByStars certifiedRatio countsWithheld people carers
            certifiedCarers skillLadder occupations education gaps""",
        UNFILLED: "elderly",
    },
    "OccupationCount": {EVERYBODY: "occupation people"},
    "EducationCount": {EVERYBODY: "education people"},
    "StaffGap": {EVERYBODY: "occupation counted onePer needed present missing legalBasis"},
    "WageStatistic": {
        UNFILLED: "occupation level surveyedOn people lowerQuarterFromYuan medianFromYuan upperQuarterFromYuan"
    },
    "AssessedGrade": {EVERYBODY: "grade validFrom validTo decidedOn assessor documentNumber"},
    "Rating": {
        EVERYBODY: """stars starsBeforeCaps score scoreWithCreditPoints rank policy run asOf publishedAt
            contributions domains caps""",
        UNFILLED: "supersededAt creditPoints",
    },
    "NotRatedReason": {UNFILLED: "code caps"},
    "RatingExplanation": {
        EVERYBODY: """policy run asOf readPosition publishedAt engineVersion reproduced countsWithheld measures
            indicators domains stages score stars grade rank credit wayUp""",
        UNFILLED: "reason change",
    },
    "RatingConnection": {EVERYBODY: "edges nodes pageInfo totalCount totalCountEstimated"},
    "CreditStatus": {EVERYBODY: "standing black watch red disputed"},
    "InstitutionEdge": {EVERYBODY: "cursor node"},
    "PageInfo": {EVERYBODY: "hasNextPage hasPreviousPage startCursor endCursor"},
    "RegionEdge": {EVERYBODY: "cursor node"},
    "CreditEntryEdge": {EVERYBODY: "cursor node"},
    "CreditEntry": {
        EVERYBODY: """id list kind ground origin subject region authority documentNumber decidedOn publishedOn
            inForceFrom inForceTo inForce repairClass earliestRepair disputed remedy legalBasis consequences""",
        UNFILLED: "reference original endedOn endKind endReason endDocumentNumber",
        AUTHORITY: "repairPending evidence",
        CONCERNED: "step dueOn",
    },
    "CreditListEdge": {EVERYBODY: "cursor node"},
    "CreditList": {
        EVERYBODY: """code kind nameZh nameEn region authority creditChinaCode needsConsent effectiveFrom legalBasis
            confirmed grounds consequences""",
        UNFILLED: "effectiveTo",
    },
    "CreditTermEdge": {EVERYBODY: "cursor node"},
    "CreditTerm": {
        EVERYBODY: """repairClass leastMonths mostMonths published effectiveFrom effectiveTo legalBasis confirmed""",
    },
    "RatingPolicyEdge": {EVERYBODY: "cursor node"},
    "RatingPolicy": {
        EVERYBODY: """id code version titleZh titleEn region legalBasis effectiveFrom sha256 document gradeCount
            indicators publishedAt""",
        UNFILLED: "effectiveTo",
    },
    "RatingRunEdge": {EVERYBODY: "cursor node"},
    "RatingRun": {
        EVERYBODY: """id kind asOf readPosition position startedAt finishedAt engineVersion cause institutions changed
            durations policies""",
    },
    "ChangeEdge": {EVERYBODY: "cursor node"},
    "Change": {
        EVERYBODY: "position ordinal recordedAt kind entityId action code current cause source cursor",
        UNFILLED: "previous",
    },
    "QualityNoteEdge": {UNFILLED: "cursor node"},
    "QualityNote": {
        UNFILLED: """entityId rule kind code prevailingSource otherSource content fields position recordedAt
            endedPosition endedAt""",
    },
    "FlagEdge": {AUTHORITY: "cursor node"},
    "Flag": {
        AUTHORITY: "id rule severity state institutionCode institutionName regionCode evidence person raisedOn",
        UNFILLED: "resolvedOn reason caseId",
    },
    "CreditCaseEdge": {AUTHORITY: "cursor node"},
    "ListedPerson": {UNFILLED: "name numberMask"},
    "CaseStep": {
        CONCERNED: """number kind state day actorRegionCode reason documents serviceWay servedOn proof respondBy
            repairClass documentNumber""",
        AUTHORITY: "actor recommendation",
    },
    "EntryStep": {CONCERNED: "number kind day reason documents", AUTHORITY: "actor"},
    "Post": {
        AUTHORITY: "institutionCode institutionName occupation startedOn",
        UNFILLED: "endedOn",
    },
    "RatingRank": {EVERYBODY: "nation region kind"},
    "Contribution": {EVERYBODY: "indicator scaledValue scaledPoints weight contribution"},
    "DomainResult": {EVERYBODY: "number scaledPoints grade"},
    "AppliedCap": {
        EVERYBODY: "stage grade",
        UNFILLED: "reasonZh reasonEn legalBasis entry",
    },
    "CreditPoints": {UNFILLED: "rule points titleZh titleEn legalBasis entry"},
    "ExplainedCredit": {EVERYBODY: "day stars suspended score", UNFILLED: "caps points"},
    "ExplainedCreditCap": {UNFILLED: "code listKind atMost title legalBasis entry"},
    "ExplainedCreditPoints": {UNFILLED: "code points title legalBasis entry"},
    "ExplainedMeasure": {EVERYBODY: "code title source numerator denominator times value"},
    "ExplainedIndicator": {
        EVERYBODY: """code title measure value transform points mostPoints transformed counted weight baseWeight
            contribution domains""",
        UNFILLED: "missingRule",
    },
    "ExplainedDomain": {
        EVERYBODY: "code points weight cuts grade rescaled indicators",
        UNFILLED: "placing missingRule",
    },
    "ExplainedStage": {
        EVERYBODY: "stage code title legalBasis applied before after demand",
        UNFILLED: "placing",
    },
    "ExplainedGrade": {EVERYBODY: "code title"},
    "ExplainedReason": {UNFILLED: "code text"},
    "ExplainedRank": {EVERYBODY: "nation region kind"},
    "ExplainedChange": {UNFILLED: "sinceRun sincePolicy sinceDay before after score grades parts"},
    "ExplainedWayUp": {
        EVERYBODY: "target ways obstacles",
        UNFILLED: "remaining",
    },
    "RatingEdge": {EVERYBODY: "cursor node"},
    "CreditGround": {
        EVERYBODY: "code kind nameZh nameEn courtOnly effectiveFrom legalBasis confirmed",
        UNFILLED: "effectiveTo",
    },
    "CreditConsequence": {
        EVERYBODY: "measure nameZh nameEn effectiveFrom legalBasis confirmed",
        UNFILLED: "ground effectiveTo",
    },
    "StageDuration": {EVERYBODY: "stage milliseconds"},
    "RatingRunPolicy": {
        EVERYBODY: """policy population rated countsByStars weights weightsRun distribution inputDigest outputDigest""",
        UNFILLED: "moves movesSince",
    },
    "Wording": {EVERYBODY: "zh en"},
    "ExplainedTransform": {
        EVERYBODY: "kind values points",
        UNFILLED: """cuts closed table rowCuts columnCuts columnMeasure columnClosed group bounds percents countedFrom
            of multiples hold times limits grades""",
    },
    "ExplainedDemand": {
        EVERYBODY: "of value atLeast whenMissing",
        UNFILLED: "atMost",
    },
    "ExplainedEnd": {UNFILLED: "score stars"},
    "ExplainedPart": {UNFILLED: "part score grades"},
    "ExplainedTarget": {EVERYBODY: "stars code"},
    "ExplainedWay": {EVERYBODY: "way count searchedUpTo stars score"},
    "ExplainedObstacle": {
        EVERYBODY: "stage code title of value demand atMost",
        UNFILLED: "grade domain",
    },
    "IndicatorWeight": {EVERYBODY: "indicator base objective low high final"},
    "MeasureDistribution": {EVERYBODY: "measure present missing quantiles"},
    "GradeMove": {UNFILLED: "fromStars toStars institutions"},
    "Quantile": {EVERYBODY: "percent value"},
    "RunProgress": {UNFILLED: "id kind asOf cause state stage startedAt stageBegunAt run"},
}
"""By type and callers: the fields."""

PAYLOADS = {
    "ComplaintFiled": "receipt",
    "ComplainantRevealed": "name contact",
    "Subscription": "changes runProgress",
    "ApiKeyCreated": "id name role regionCode institutionCode prefix token expiresAt",
    "InputFailure": "code rule messageZh messageEn path problems",
    "Problem": "path rule messageZh messageEn remedyZh remedyEn",
    "ForbiddenFailure": "code rule messageZh messageEn path",
    "NotFoundFailure": "code rule messageZh messageEn path",
    "ConflictFailure": "code rule messageZh messageEn path",
    "UnavailableFailure": "code rule messageZh messageEn path",
    "ApiKeyRevoked": "id name prefix revokedAt",
    "WebhookSecretShown": "secret webhook",
    "WebhookChanged": "webhook",
    "WebhookRemoved": "id",
    "RatingPolicyAdded": "ratingPolicy",
    "RatingsRecomputed": "asOf institutions changed run",
    "FlagAnswer": "id state caseId",
    "PersonUnmasked": "id name citizenNumber",
    "RowsImported": "kind source rows added amended unchanged contradictions position",
    "RowsFailure": "code rule messageZh messageEn path rowErrors",
    "ImportRowError": "row column value rule messageZh messageEn",
    "CertificatesRevoked": "certificates changed from",
    "AccreditationWithdrawn": "evaluatorCode periods from",
    "ProcurementStatementIssued": "statement",
    "CaseStepTaken": "caseId step state respondBy entryId creditCase",
    "EntryStepTaken": "entryId step entry",
}
"""What whoever may do a mutation is told."""

MAY = {
    "fileComplaint": EVERYBODY,
    "revealComplainant": frozenset({"region", "elsewhere"}),
    "issueProcurementStatement": STAFF | {"buyer"},
    "adoptEntry": frozenset({"region", "elsewhere"}),
    "createApiKey": frozenset({"admin"}),
    "revokeApiKey": frozenset({"admin"}),
    "createWebhook": HOLDERS,
    "pauseWebhook": HOLDERS,
    "resumeWebhook": HOLDERS,
    "rotateWebhookSecret": HOLDERS,
    "removeWebhook": HOLDERS,
    "addRatingPolicy": frozenset({"admin"}),
    "recomputeRatings": frozenset({"admin"}),
    "flagViolation": frozenset({"region"}),
    "resolveFlag": frozenset({"region"}),
    "unmaskPerson": frozenset({"region", "admin"}),
    "importRows": STAFF - {"auditor"} | {"own", "other"},
    "revokeCertificates": STAFF - {"auditor"},
    "withdrawAccreditation": STAFF - {"auditor"},
    "openCase": frozenset({"region"}),
    "serveNotice": frozenset({"region"}),
    "recordDefence": frozenset({"own", "region"}),
    "reviewCase": frozenset({"region"}),
    "consentToCase": frozenset({"region"}),
    "decideCase": frozenset({"region"}),
    "publishEntry": frozenset({"region"}),
    "withdrawEntry": frozenset({"region"}),
    "raiseObjection": frozenset({"own", "region"}),
    "resolveObjection": frozenset({"region"}),
    "applyForRepair": frozenset({"own", "region"}),
    "decideRepair": frozenset({"region"}),
}
"""By mutation: who is not refused, on things of that institution."""
