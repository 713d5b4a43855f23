-- The provider's room in which a conversation stands, where the provider has rooms (Qontak): learnt from each message of the user.
ALTER TABLE conversation ADD COLUMN room TEXT;
