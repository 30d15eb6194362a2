-- Who may come in and as what: identities, credentials, session families, memberships and delegations.
-- Secrets are stored as hashes only. A right is a row with a validity; a change of it raises `person.rights`.

CREATE TABLE identity (
    id         BLOB PRIMARY KEY NOT NULL,
    issuer     TEXT NOT NULL,  -- of an outside identity provider
    subject    TEXT NOT NULL,
    person_id  BLOB NOT NULL REFERENCES person (id),
    ended_at   INTEGER,
    end_reason TEXT,
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,
    created_by BLOB,
    updated_at INTEGER NOT NULL,
    updated_by BLOB,
    UNIQUE (issuer, subject)
) STRICT;

CREATE INDEX identity_person ON identity (person_id);

CREATE TABLE credential (
    person_id           BLOB PRIMARY KEY NOT NULL REFERENCES person (id),
    username            TEXT NOT NULL UNIQUE,  -- normalised: NFKC, lower case
    password_hash       TEXT,  -- PHC string (argon2id); null: not set yet
    password_changed_at INTEGER,
    must_change         INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1)),
    failed_count        INTEGER NOT NULL DEFAULT 0,  -- since the last success
    next_try_at         INTEGER,  -- earlier attempts are refused unread
    reset_code_hash     BLOB,  -- SHA-256 of a one-time code
    reset_expires_at    INTEGER,
    version             INTEGER NOT NULL DEFAULT 1,
    created_at          INTEGER NOT NULL,
    created_by          BLOB,
    updated_at          INTEGER NOT NULL,
    updated_by          BLOB
) STRICT;

CREATE TABLE membership (
    id          BLOB PRIMARY KEY NOT NULL,
    person_id   BLOB NOT NULL REFERENCES person (id),
    role        TEXT NOT NULL
        CHECK (role IN ('reporter', 'officer', 'leader', 'handler', 'head', 'dispatcher', 'supervisor', 'assessor',
            'integrator', 'admin', 'auditor')),
    org_id      BLOB NOT NULL REFERENCES org (id),
    -- the subtree the role reaches; never wider than the organisation's
    division_id BLOB NOT NULL REFERENCES division (id),
    valid_from  INTEGER NOT NULL,
    valid_to    INTEGER,  -- exclusive
    ended_at    INTEGER,
    end_reason  TEXT,
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    created_by  BLOB,
    updated_at  INTEGER NOT NULL,
    updated_by  BLOB
) STRICT;

CREATE INDEX membership_person ON membership (person_id);
CREATE INDEX membership_org ON membership (org_id, role);
-- One level up: the nearest ancestor division in which somebody holds the role.
CREATE INDEX membership_division ON membership (division_id, role);

-- A leader's secretary acts for the leader; never for rating, look-back or deciding.
CREATE TABLE delegation (
    id             BLOB PRIMARY KEY NOT NULL,
    from_person_id BLOB NOT NULL REFERENCES person (id),
    to_person_id   BLOB NOT NULL REFERENCES person (id),
    actions        TEXT NOT NULL,  -- array of action names
    valid_from     INTEGER NOT NULL,
    valid_to       INTEGER NOT NULL,  -- exclusive
    ended_at       INTEGER,
    end_reason     TEXT,
    version        INTEGER NOT NULL DEFAULT 1,
    created_at     INTEGER NOT NULL,
    created_by     BLOB,
    updated_at     INTEGER NOT NULL,
    updated_by     BLOB,
    CHECK (from_person_id <> to_person_id)
) STRICT;

CREATE INDEX delegation_from ON delegation (from_person_id);
CREATE INDEX delegation_to ON delegation (to_person_id);

-- A family is one login with everything refreshed from it; the reuse of an old refresh token revokes the family.
CREATE TABLE session_family (
    id            BLOB PRIMARY KEY NOT NULL,
    person_id     BLOB REFERENCES person (id),
    client_app_id BLOB REFERENCES client_app (id),
    on_behalf_of  BLOB REFERENCES person (id),  -- whose rights are used under a delegation; null: the person's own
    membership_id BLOB REFERENCES membership (id),  -- the membership chosen at login; null: the widest
    user_agent    TEXT,  -- as sent, cut to 200 characters: lets people recognise their sessions
    created_at    INTEGER NOT NULL,
    last_used_at  INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    revoked_at    INTEGER,
    revoke_reason TEXT,  -- logout, reuse, disabled, password_changed, …
    CHECK (person_id IS NOT NULL OR client_app_id IS NOT NULL)
) STRICT;

CREATE INDEX session_family_person ON session_family (person_id);
CREATE INDEX session_family_client_app ON session_family (client_app_id);
-- Every process asks every few seconds which families were revoked since it last asked.
CREATE INDEX session_family_revoked ON session_family (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE refresh_token (
    hash       BLOB PRIMARY KEY NOT NULL,  -- SHA-256 of the token
    family_id  BLOB NOT NULL REFERENCES session_family (id),
    issued_at  INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER  -- set once by the rotation; a second use is a theft
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_token_family ON refresh_token (family_id);
