-- Who may come in and as what: identities, credentials, session families, memberships and delegations.
-- Secrets are stored as hashes only. A right is a row with a validity; a change of it raises `person.rights`.

CREATE TABLE identity (
    id         uuid PRIMARY KEY,
    issuer     text NOT NULL,  -- of an outside identity provider
    subject    text NOT NULL,
    person_id  uuid NOT NULL REFERENCES person (id),
    ended_at   timestamptz,
    end_reason text,
    version    bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    created_by uuid,
    updated_at timestamptz NOT NULL,
    updated_by uuid,
    UNIQUE (issuer, subject)
);

CREATE INDEX identity_person ON identity (person_id);

CREATE TABLE credential (
    person_id           uuid PRIMARY KEY REFERENCES person (id),
    username            text NOT NULL UNIQUE,  -- normalised: NFKC, lower case
    password_hash       text,  -- PHC string (argon2id); null: not set yet
    password_changed_at timestamptz,
    must_change         boolean NOT NULL DEFAULT false,
    failed_count        bigint NOT NULL DEFAULT 0,  -- since the last success
    next_try_at         timestamptz,  -- earlier attempts are refused unread
    reset_code_hash     bytea,  -- SHA-256 of a one-time code
    reset_expires_at    timestamptz,
    version             bigint NOT NULL DEFAULT 1,
    created_at          timestamptz NOT NULL,
    created_by          uuid,
    updated_at          timestamptz NOT NULL,
    updated_by          uuid
);

CREATE TABLE membership (
    id          uuid PRIMARY KEY,
    person_id   uuid NOT NULL REFERENCES person (id),
    role        text NOT NULL
        CHECK (role IN ('reporter', 'officer', 'leader', 'handler', 'head', 'dispatcher', 'supervisor', 'assessor',
            'integrator', 'admin', 'auditor')),
    org_id      uuid NOT NULL REFERENCES org (id),
    -- the subtree the role reaches; never wider than the organisation's
    division_id uuid NOT NULL REFERENCES division (id),
    valid_from  timestamptz NOT NULL,
    valid_to    timestamptz,  -- exclusive
    ended_at    timestamptz,
    end_reason  text,
    version     bigint NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    updated_at  timestamptz NOT NULL,
    updated_by  uuid
);

CREATE INDEX membership_person ON membership (person_id);
CREATE INDEX membership_org ON membership (org_id, role);
-- One level up: the nearest ancestor division in which somebody holds the role.
CREATE INDEX membership_division ON membership (division_id, role);

-- A leader's secretary acts for the leader; never for rating, look-back or deciding.
CREATE TABLE delegation (
    id             uuid PRIMARY KEY,
    from_person_id uuid NOT NULL REFERENCES person (id),
    to_person_id   uuid NOT NULL REFERENCES person (id),
    actions        jsonb NOT NULL,  -- array of action names
    valid_from     timestamptz NOT NULL,
    valid_to       timestamptz NOT NULL,  -- exclusive
    ended_at       timestamptz,
    end_reason     text,
    version        bigint NOT NULL DEFAULT 1,
    created_at     timestamptz NOT NULL,
    created_by     uuid,
    updated_at     timestamptz NOT NULL,
    updated_by     uuid,
    CHECK (from_person_id <> to_person_id)
);

CREATE INDEX delegation_from ON delegation (from_person_id);
CREATE INDEX delegation_to ON delegation (to_person_id);

-- A family is one login with everything refreshed from it; the reuse of an old refresh token revokes the family.
CREATE TABLE session_family (
    id            uuid PRIMARY KEY,
    person_id     uuid REFERENCES person (id),
    client_app_id uuid REFERENCES client_app (id),
    on_behalf_of  uuid REFERENCES person (id),  -- whose rights are used under a delegation; null: the person's own
    membership_id uuid REFERENCES membership (id),  -- the membership chosen at login; null: the widest
    user_agent    text,  -- as sent, cut to 200 characters: lets people recognise their sessions
    created_at    timestamptz NOT NULL,
    last_used_at  timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    revoked_at    timestamptz,
    revoke_reason text,  -- logout, reuse, disabled, password_changed, …
    CHECK (person_id IS NOT NULL OR client_app_id IS NOT NULL)
);

CREATE INDEX session_family_person ON session_family (person_id);
CREATE INDEX session_family_client_app ON session_family (client_app_id);
-- Every process asks every few seconds which families were revoked since it last asked.
CREATE INDEX session_family_revoked ON session_family (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE TABLE refresh_token (
    hash       bytea PRIMARY KEY,  -- SHA-256 of the token
    family_id  uuid NOT NULL REFERENCES session_family (id),
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz  -- set once by the rotation; a second use is a theft
);

CREATE INDEX refresh_token_family ON refresh_token (family_id);
