-- Every kind of change, and whether everybody is told of it.
SELECT k.kind, to_regclass('disclosure.' || k.versioned || '_version') IS NOT NULL AS disclosed FROM register.change_kind AS k
