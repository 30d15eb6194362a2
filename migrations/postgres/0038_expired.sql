-- What has expired is found without reading the whole table: tokens and sessions are the tables that grow with every sign-in.
CREATE INDEX refresh_token_expires ON refresh_token (expires_at);
CREATE INDEX session_family_expires ON session_family (expires_at);
