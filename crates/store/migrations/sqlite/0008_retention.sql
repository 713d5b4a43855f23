-- Bodies are no longer kept: what they say is kept by message, status and event, and what cannot be read is sealed in quarantine.
ALTER TABLE envelope ADD COLUMN size_bytes BIGINT;
UPDATE envelope SET size_bytes = length(body);
ALTER TABLE envelope DROP COLUMN body;

-- To find the calls that can no longer be repeated.
CREATE INDEX idempotency_by_time ON idempotency (created_at);
