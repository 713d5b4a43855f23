-- How sessions end on the channel (JSON).
ALTER TABLE channel ADD COLUMN session TEXT NOT NULL DEFAULT '{}';

-- When the session wants to be woken; due_at is the earliest of this, the next message and the next event for the agent.
ALTER TABLE conversation ADD COLUMN session_due BIGINT;
-- Somebody asked for the session's end, and the conversation has not got to it yet.
ALTER TABLE conversation ADD COLUMN end_asked BOOLEAN NOT NULL DEFAULT FALSE;

-- Of a question about the end: when the user had last written. Once they write again it is not asked any more.
ALTER TABLE message ADD COLUMN silent_since BIGINT;

-- What happened to sessions: their history, and what the agent is still to be told.
CREATE TABLE session_event (
    organization_id UUID NOT NULL,
    id              UUID NOT NULL,
    channel_id      UUID NOT NULL,
    conversation_id UUID NOT NULL,
    session_id      UUID NOT NULL,
    kind            TEXT NOT NULL,
    reason          TEXT,
    at              BIGINT NOT NULL,
    status          TEXT NOT NULL,
    attempts        BIGINT NOT NULL DEFAULT 0,
    next_attempt_at BIGINT,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX session_event_conversation ON session_event (organization_id, conversation_id, id);
CREATE INDEX session_event_queued ON session_event (organization_id, conversation_id, id) WHERE status = 'queued';
