-- Bodies are no longer kept: what they say is kept by message, status and event, and what cannot be read is sealed in quarantine.
-- The column stays for nodes of the version before, which write it; what is in it goes with its row, after 7 days.
ALTER TABLE envelope ADD COLUMN size_bytes BIGINT;
ALTER TABLE envelope ALTER COLUMN body DROP NOT NULL;

-- To find the calls that can no longer be repeated.
CREATE INDEX idempotency_by_time ON idempotency (created_at);
