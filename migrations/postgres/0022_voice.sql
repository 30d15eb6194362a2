-- Who speaks for a reporter: every process asks every few seconds which receipts were replaced since it last asked.

CREATE INDEX case_link_replaced ON case_link (replaced_at) WHERE replaced_at IS NOT NULL;
