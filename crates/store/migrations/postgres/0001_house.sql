-- Everything a message needs on its way. Times are milliseconds since 1970 in UTC, ids are UUIDs of version 7,
-- what is sealed is opened only with the key of the gateway.

CREATE TABLE seal_check (
    id     BIGINT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

CREATE TABLE organization (
    id         UUID NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE agent (
    organization_id UUID NOT NULL,
    id              UUID NOT NULL,
    name            TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE deployment (
    organization_id UUID NOT NULL,
    agent_id        UUID NOT NULL,
    environment     TEXT NOT NULL,
    url             TEXT NOT NULL,
    sealed_secret   BYTEA NOT NULL,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, agent_id, environment)
);

CREATE TABLE channel (
    organization_id UUID NOT NULL,
    id              UUID NOT NULL,
    agent_id        UUID NOT NULL,
    environment     TEXT NOT NULL,
    protocol        TEXT NOT NULL,
    state           TEXT NOT NULL,
    account         TEXT NOT NULL,
    settings        TEXT NOT NULL,
    revision        BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    updated_at      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
-- A webhook knows the id alone.
CREATE UNIQUE INDEX channel_id ON channel (id);
CREATE UNIQUE INDEX channel_environment ON channel (organization_id, agent_id, environment);
CREATE UNIQUE INDEX channel_live_account ON channel (protocol, account) WHERE state <> 'saved';

CREATE TABLE channel_secret (
    organization_id UUID NOT NULL,
    channel_id      UUID NOT NULL,
    id              UUID NOT NULL,
    kind            TEXT NOT NULL,
    sealed          BYTEA NOT NULL,
    last_four       TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT,
    PRIMARY KEY (organization_id, channel_id, id)
);

CREATE TABLE api_key (
    organization_id UUID NOT NULL,
    id              UUID NOT NULL,
    channel_id      UUID NOT NULL,
    public_id       TEXT NOT NULL,
    name            TEXT NOT NULL,
    secret_hash     BYTEA NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    revoked_at      BIGINT,
    last_used_at    BIGINT,
    PRIMARY KEY (organization_id, id)
);
-- A caller shows the public id alone.
CREATE UNIQUE INDEX api_key_public_id ON api_key (public_id);

-- A conversation is one user on one channel, for ever: both share this row. It is claimed when due.
CREATE TABLE conversation (
    organization_id UUID NOT NULL,
    id              UUID NOT NULL,
    channel_id      UUID NOT NULL,
    bsuid           TEXT,
    phone           TEXT,
    name            TEXT,
    username        TEXT,
    session         TEXT NOT NULL,
    last_user_at    BIGINT,
    created_at      BIGINT NOT NULL,
    due_at          BIGINT,
    lease_until     BIGINT NOT NULL DEFAULT 0,
    lease_owner     TEXT,
    epoch           BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX conversation_due ON conversation (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX conversation_leased ON conversation (lease_owner) WHERE lease_until > 0;

-- Every text under which a user may be named: business-scoped id, phone, the phone's other forms.
CREATE TABLE user_alias (
    organization_id UUID NOT NULL,
    channel_id      UUID NOT NULL,
    alias           TEXT NOT NULL,
    conversation_id UUID NOT NULL,
    PRIMARY KEY (organization_id, channel_id, alias)
);

-- A channel's sender. It is claimed when due.
CREATE TABLE number (
    organization_id UUID NOT NULL,
    channel_id      UUID NOT NULL,
    due_at          BIGINT,
    lease_until     BIGINT NOT NULL DEFAULT 0,
    lease_owner     TEXT,
    epoch           BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (organization_id, channel_id)
);
CREATE INDEX number_due ON number (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE envelope (
    organization_id UUID NOT NULL,
    channel_id      UUID NOT NULL,
    id              UUID NOT NULL,
    received_at     BIGINT NOT NULL,
    body            BYTEA NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE message (
    organization_id    UUID NOT NULL,
    id                 UUID NOT NULL,
    channel_id         UUID NOT NULL,
    conversation_id    UUID NOT NULL,
    direction          TEXT NOT NULL,
    notification       BOOLEAN NOT NULL,
    kind               TEXT NOT NULL,
    content            TEXT NOT NULL,
    context            TEXT,
    provider_id        TEXT,
    envelope_id        UUID,
    reply_to           UUID,
    status             TEXT NOT NULL,
    status_rank        BIGINT NOT NULL,
    failure            TEXT,
    priority           BIGINT NOT NULL,
    attempts           BIGINT NOT NULL,
    -- When to try (again). NULL: not before a person says so.
    next_attempt_at    BIGINT,
    expires_at         BIGINT,
    possible_duplicate BOOLEAN NOT NULL,
    sent_at            BIGINT,
    created_at         BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX message_provider_id ON message (organization_id, channel_id, provider_id);
CREATE INDEX message_of_channel ON message (organization_id, channel_id, id);
CREATE INDEX message_of_conversation ON message (organization_id, conversation_id, id);
CREATE INDEX message_inbox ON message (organization_id, conversation_id, id)
    WHERE direction = 'inbound' AND status = 'received';
CREATE INDEX message_outbox ON message (organization_id, channel_id, priority, id)
    WHERE direction = 'outbound' AND status IN ('queued', 'dispatching', 'uncertain');
CREATE INDEX message_lane ON message (organization_id, conversation_id, id)
    WHERE direction = 'outbound' AND status IN ('queued', 'dispatching', 'uncertain');
CREATE INDEX message_dead ON message (organization_id, id) WHERE direction = 'inbound' AND status = 'dead';

-- What happened to a message. A provider's status whose message is not known yet waits here without message_id.
CREATE TABLE message_event (
    id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id UUID NOT NULL,
    channel_id      UUID NOT NULL,
    message_id      UUID,
    provider_id     TEXT,
    kind            TEXT NOT NULL,
    status          TEXT NOT NULL,
    code            TEXT NOT NULL,
    at              BIGINT NOT NULL,
    provider_at     BIGINT,
    detail          TEXT
);
CREATE INDEX message_event_of_message ON message_event (organization_id, message_id, id);
CREATE UNIQUE INDEX message_event_status ON message_event (organization_id, channel_id, provider_id, status, code)
    WHERE kind = 'status';

-- What the provider says about the channel itself.
CREATE TABLE channel_event (
    organization_id UUID NOT NULL,
    channel_id      UUID NOT NULL,
    id              UUID NOT NULL,
    kind            TEXT NOT NULL,
    provider_at     BIGINT,
    received_at     BIGINT NOT NULL,
    fingerprint     BYTEA NOT NULL,
    detail          TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX channel_event_fingerprint ON channel_event (organization_id, channel_id, fingerprint);

-- Bodies that verified but could not be read whole.
CREATE TABLE quarantine (
    organization_id UUID NOT NULL,
    id              UUID NOT NULL,
    channel_id      UUID NOT NULL,
    received_at     BIGINT NOT NULL,
    reason          TEXT NOT NULL,
    size_bytes      BIGINT NOT NULL,
    sealed_body     BYTEA NOT NULL,
    replayed_at     BIGINT,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE idempotency (
    organization_id UUID NOT NULL,
    channel_id      UUID NOT NULL,
    key             TEXT NOT NULL,
    fingerprint     BYTEA NOT NULL,
    message_ids     TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, channel_id, key)
);
