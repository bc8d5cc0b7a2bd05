-- What the ledger last said of a secret's place, asked whenever its value is opened. The details of such an entry end with the version:
-- without that number they say whose value it is, and the expression is the same in both dialects.
CREATE INDEX ledger_versions ON ledger (tenant_id, target, (rtrim(details, '0123456789"}')), seq) WHERE target_kind = 'secret';
