-- Who speaks for a reporter.

-- Every process asks every few seconds which receipts were replaced since it last asked.
CREATE INDEX case_link_replaced ON case_link (replaced_at) WHERE replaced_at IS NOT NULL;
-- What has expired is ended.
CREATE INDEX enterprise_authorisation_expiry ON enterprise_authorisation (valid_to) WHERE ended_at IS NULL;
