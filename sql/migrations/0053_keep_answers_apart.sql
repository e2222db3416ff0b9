-- Answers kept for retries may hold what one caller alone was told: nobody finds those of another.
ALTER TABLE register.idempotent_answer ENABLE ROW LEVEL SECURITY;
CREATE POLICY idempotent_answer_of_actor ON register.idempotent_answer TO registry_staff
  USING ((SELECT register.sees_all()) OR actor = current_setting('registry.actor', true));
