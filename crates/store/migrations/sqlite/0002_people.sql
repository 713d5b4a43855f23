-- Who may do what, and what they did. A person may belong to several organizations.

CREATE TABLE person (
    id            BLOB NOT NULL PRIMARY KEY,
    -- In lower case: how a person is found at sign-in.
    email         TEXT NOT NULL,
    name          TEXT NOT NULL,
    -- Argon2id in the PHC form. NULL: cannot sign in by password.
    password_hash TEXT,
    -- `en` or `id`. NULL: what the browser asks for.
    language      TEXT,
    created_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX person_email ON person (email);

CREATE TABLE member (
    organization_id BLOB NOT NULL,
    person_id       BLOB NOT NULL,
    role            TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, person_id)
);
CREATE INDEX member_of_person ON member (person_id, organization_id);

CREATE TABLE agent_member (
    organization_id BLOB NOT NULL,
    agent_id        BLOB NOT NULL,
    person_id       BLOB NOT NULL,
    role            TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (organization_id, agent_id, person_id)
);
CREATE INDEX agent_member_of_person ON agent_member (organization_id, person_id);

-- A browser that is signed in ("session" means a conversation's here).
CREATE TABLE sign_in (
    id              BLOB NOT NULL PRIMARY KEY,
    person_id       BLOB NOT NULL,
    -- The organization this browser looks at.
    organization_id BLOB NOT NULL,
    token_hash      BLOB NOT NULL,
    address         TEXT NOT NULL,
    browser         TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    -- The last time the password (or a one-time link) was shown.
    proven_at       BIGINT NOT NULL,
    last_used_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX sign_in_token ON sign_in (token_hash);
CREATE INDEX sign_in_of_person ON sign_in (person_id, id);

-- A one-time link: `set_up`, `enter`, `reset` or `join` (an invitation). It goes when it is used.
CREATE TABLE link (
    id              BLOB NOT NULL PRIMARY KEY,
    kind            TEXT NOT NULL,
    token_hash      BLOB NOT NULL,
    organization_id BLOB,
    person_id       BLOB,
    -- What an invitation gives: whom it is meant for, the role, an agent and the role there, who invited.
    email           TEXT,
    role            TEXT,
    agent_id        BLOB,
    agent_role      TEXT,
    invited_by      BLOB,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX link_token ON link (token_hash);
CREATE INDEX link_of_organization ON link (organization_id, kind, id);
CREATE INDEX link_of_person ON link (person_id);

-- What was done, by whom, from where. Only ever added to.
CREATE TABLE audit (
    organization_id BLOB NOT NULL,
    id              BLOB NOT NULL,
    at              BIGINT NOT NULL,
    -- Empty for what a command, a link's bearer or nobody known did; `actor` always says who in words.
    person_id       BLOB,
    actor           TEXT NOT NULL,
    address         TEXT NOT NULL,
    action          TEXT NOT NULL,
    agent_id        BLOB,
    channel_id      BLOB,
    -- What it was done to, in words.
    subject         TEXT NOT NULL,
    -- JSON: a list of {"field", "before", "after"}, secrets masked.
    changes         TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX audit_of_agent ON audit (organization_id, agent_id, id);
CREATE INDEX audit_of_channel ON audit (organization_id, channel_id, id);
CREATE INDEX audit_of_person ON audit (organization_id, person_id, id);
CREATE INDEX audit_of_action ON audit (organization_id, action, id);

ALTER TABLE agent ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
-- A small picture (PNG, JPEG or WebP), or NULL: the initials are drawn.
ALTER TABLE agent ADD COLUMN avatar BLOB;
ALTER TABLE agent ADD COLUMN deleted_at BIGINT;

-- What came of the last test of a deployment: JSON, NULL when none was made.
ALTER TABLE deployment ADD COLUMN last_test TEXT;
