-- When the provider ends a secret by itself, where it said so. Until then it is valid, unless expires_at is earlier.
ALTER TABLE channel_secret ADD COLUMN ends_at BIGINT;

-- Until when somebody is renewing the channel's access token, and nobody else may.
ALTER TABLE channel ADD COLUMN renewing_until BIGINT;
-- The last renewal, where it came to nothing (JSON).
ALTER TABLE channel ADD COLUMN renewal TEXT;
