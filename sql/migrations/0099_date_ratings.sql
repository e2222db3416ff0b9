-- Every version of every rating with when it was recorded and superseded, for questions about one institution: its few versions are found
-- by its number, and then their change sets, where joining begins with all change sets. Neither code nor content, which the feed tells.
CREATE VIEW disclosure.dated_rating AS
SELECT v.*,
       (SELECT s.position FROM register.change_set AS s WHERE s.id = v.change_id) AS recorded_from,
       (SELECT e.position FROM register.change_set AS e WHERE e.id = v.ended_by) AS recorded_to,
       (SELECT e.recorded_at FROM register.change_set AS e WHERE e.id = v.ended_by) AS superseded_at
  FROM (SELECT r.id, r.institution_id, r.policy_id, r.run_id, r.weights_run_id, r.as_of, r.stars, r.score_scaled, r.score, r.certified_ratio, r.reason,
               r.indicator_values, r.points, r.contributions, r.domain_points, r.domain_grades, r.adjustments, r.change_id, NULL::bigint AS ended_by
          FROM register.rating AS r
        UNION ALL
        SELECT h.id, h.institution_id, h.policy_id, h.run_id, h.weights_run_id, h.as_of, h.stars, h.score_scaled, h.score, h.certified_ratio, h.reason,
               h.indicator_values, h.points, h.contributions, h.domain_points, h.domain_grades, h.adjustments, h.change_id, h.ended_by
          FROM register.rating_history AS h) AS v;
GRANT SELECT ON disclosure.dated_rating TO registry_staff, registry_public;
