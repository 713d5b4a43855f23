-- To find the calls that can no longer be repeated.
CREATE INDEX idempotency_by_time ON idempotency (created_at);
