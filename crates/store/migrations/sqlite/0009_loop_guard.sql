-- Until when the agent is paused in the conversation; a time in the past: since when it goes on again.
ALTER TABLE conversation ADD COLUMN paused_until BIGINT;
