-- The provider's room in which a conversation stands, where the provider has rooms (Qontak): learnt from each message of the user.
ALTER TABLE conversation ADD COLUMN room TEXT;

-- What came of registering the channel's webhook address at the provider's, the last time (JSON).
ALTER TABLE channel ADD COLUMN registration TEXT;
