-- What the channel page keeps: revisions, where secrets stand, hand-off links.

-- A channel that was deleted stays for 30 days, sealed, so that it can be brought back.
ALTER TABLE channel ADD COLUMN deleted_at BIGINT;
DROP INDEX channel_environment;
CREATE UNIQUE INDEX channel_environment ON channel (organization_id, agent_id, environment) WHERE deleted_at IS NULL;
DROP INDEX channel_live_account;
CREATE UNIQUE INDEX channel_live_account ON channel (protocol, account) WHERE state <> 'saved' AND deleted_at IS NULL;
-- What is to be forgotten.
CREATE INDEX channel_deleted ON channel (deleted_at) WHERE deleted_at IS NOT NULL;

ALTER TABLE channel_secret ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
-- When the provider first accepted it (an access token) or it first verified a webhook (the others).
ALTER TABLE channel_secret ADD COLUMN proven_at BIGINT;
ALTER TABLE channel_secret ADD COLUMN last_used_at BIGINT;
-- What the provider said when it refused it.
ALTER TABLE channel_secret ADD COLUMN refusal TEXT;

-- How a channel was configured after each change.
CREATE TABLE channel_revision (
    organization_id BLOB NOT NULL,
    channel_id      BLOB NOT NULL,
    revision        BIGINT NOT NULL,
    at              BIGINT NOT NULL,
    actor           TEXT NOT NULL,
    -- What changed: `protocol`, `account`, `credentials`, `webhook`, `state`, `promotion`, `restored`, …
    change          TEXT NOT NULL,
    -- JSON: protocol, account, settings, state, and of each secret its kind, row and last four characters.
    snapshot        TEXT NOT NULL,
    PRIMARY KEY (organization_id, channel_id, revision)
);

-- A page for the provider's people, who have no account here.
CREATE TABLE handoff (
    organization_id BLOB NOT NULL,
    id              BLOB NOT NULL,
    channel_id      BLOB NOT NULL,
    created_by      TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    revoked_at      BIGINT,
    opened_at       BIGINT,
    -- JSON: the steps ticked, each with when.
    ticks           TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (organization_id, id)
);
-- The link holds the id alone.
CREATE UNIQUE INDEX handoff_id ON handoff (id);
CREATE INDEX handoff_of_channel ON handoff (organization_id, channel_id, id);

-- What the check-up of a channel last found: JSON.
ALTER TABLE channel ADD COLUMN checkup TEXT;

-- What the check-up looks back on: when a webhook last came with a wrong verify token or signature, and the last loop-back
-- test, as JSON.
ALTER TABLE channel ADD COLUMN handshake_refused_at BIGINT;
ALTER TABLE channel ADD COLUMN signature_refused_at BIGINT;
ALTER TABLE channel ADD COLUMN loopback TEXT;
