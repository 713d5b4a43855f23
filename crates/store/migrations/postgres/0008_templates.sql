-- Templates as people and programs say they are, where the provider's API tells nothing of its own.
CREATE TABLE template_declaration (
    organization_id UUID NOT NULL,
    id              UUID NOT NULL,
    channel_id      UUID NOT NULL,
    name            TEXT NOT NULL,
    language        TEXT NOT NULL,
    category        TEXT NOT NULL,
    -- Its parts in WhatsApp's own shape (JSON).
    components      TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    -- The API key that declared it.
    created_by      UUID NOT NULL,
    PRIMARY KEY (organization_id, id)
);
-- A message names its template so.
CREATE UNIQUE INDEX template_declaration_name ON template_declaration (organization_id, channel_id, name, language);
-- To list those of a channel, the newest first.
CREATE INDEX template_declaration_by_channel ON template_declaration (organization_id, channel_id, id);
