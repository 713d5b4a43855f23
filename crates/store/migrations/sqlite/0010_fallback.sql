-- What users are told, by language, when something the agent said cannot be sent (JSON).
ALTER TABLE agent ADD COLUMN fallback TEXT NOT NULL DEFAULT '{}';
