-- Times are milliseconds since 1970-01-01 UTC; states, kinds and roles are the numbers of the enums of the same name.

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE tokens (
    id            TEXT NOT NULL PRIMARY KEY,
    secret_hash   BLOB NOT NULL UNIQUE,
    kind          INTEGER NOT NULL,
    role          INTEGER,
    labels        TEXT NOT NULL,
    expires_at    INTEGER NOT NULL,
    max_uses      INTEGER,
    uses          INTEGER NOT NULL,
    allow_replace INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    created_by    TEXT NOT NULL,
    revoked_at    INTEGER,
    note          TEXT NOT NULL
);

-- name_key is the name in lower case: unique among active agents only.
CREATE TABLE agents (
    id                    TEXT NOT NULL PRIMARY KEY,
    name                  TEXT NOT NULL,
    name_key              TEXT NOT NULL,
    enrolment_id          TEXT NOT NULL UNIQUE,
    state                 INTEGER NOT NULL,
    labels                TEXT NOT NULL,
    facts                 TEXT NOT NULL,
    facts_at              INTEGER,
    certificate_serial    TEXT NOT NULL,
    certificate_not_after INTEGER NOT NULL,
    enrolled_at           INTEGER NOT NULL,
    enrolled_by_token     TEXT NOT NULL,
    last_connected_at     INTEGER,
    last_disconnected_at  INTEGER,
    version               TEXT
);
CREATE UNIQUE INDEX agents_by_name ON agents (name_key) WHERE state = 0;

CREATE TABLE operators (
    id                    TEXT NOT NULL PRIMARY KEY,
    name                  TEXT NOT NULL,
    name_key              TEXT NOT NULL,
    enrolment_id          TEXT NOT NULL UNIQUE,
    role                  INTEGER NOT NULL,
    state                 INTEGER NOT NULL,
    certificate_serial    TEXT NOT NULL,
    certificate_not_after INTEGER NOT NULL,
    created_at            INTEGER NOT NULL,
    enrolled_by_token     TEXT
);
CREATE UNIQUE INDEX operators_by_name ON operators (name_key) WHERE state = 0;

CREATE TABLE revocations (
    serial     TEXT NOT NULL PRIMARY KEY,
    not_after  INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL,
    reason     TEXT NOT NULL
) WITHOUT ROWID;

-- purge: 0 keeps the job, 1 has its log dropped, 2 has it deleted and hides it meanwhile.
-- The counts are those of tasks.state, kept by whatever changes it.
CREATE TABLE jobs (
    key                 INTEGER PRIMARY KEY,
    id                  TEXT NOT NULL UNIQUE,
    request_id          TEXT,
    created_at          INTEGER NOT NULL,
    operator_id         TEXT NOT NULL,
    operator_name       TEXT NOT NULL,
    target              TEXT NOT NULL,
    summary             TEXT NOT NULL,
    spec_digest         BLOB NOT NULL,
    retry_of            TEXT,
    state               INTEGER NOT NULL,
    deadline            INTEGER,
    cancel_requested_at INTEGER,
    cancel_requested_by TEXT,
    finished_at         INTEGER,
    pending             INTEGER NOT NULL,
    dispatched          INTEGER NOT NULL DEFAULT 0,
    running             INTEGER NOT NULL DEFAULT 0,
    succeeded           INTEGER NOT NULL DEFAULT 0,
    failed              INTEGER NOT NULL DEFAULT 0,
    timed_out           INTEGER NOT NULL DEFAULT 0,
    cancelled           INTEGER NOT NULL DEFAULT 0,
    rejected            INTEGER NOT NULL DEFAULT 0,
    expired             INTEGER NOT NULL DEFAULT 0,
    interrupted         INTEGER NOT NULL DEFAULT 0,
    skipped             INTEGER NOT NULL DEFAULT 0,
    output_bytes        INTEGER NOT NULL DEFAULT 0,
    output_dropped_at   INTEGER,
    purge               INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX jobs_by_request ON jobs (operator_id, request_id) WHERE request_id IS NOT NULL;
CREATE INDEX jobs_by_age ON jobs (created_at, key);
CREATE INDEX jobs_open ON jobs (key) WHERE state = 0;
CREATE INDEX jobs_finished ON jobs (finished_at, key) WHERE state = 1 AND purge = 0;
CREATE INDEX jobs_with_log ON jobs (finished_at, key) WHERE state = 1 AND purge = 0 AND output_dropped_at IS NULL;
CREATE INDEX jobs_to_purge ON jobs (purge) WHERE purge > 0;

-- Apart from the jobs, whose counts change often: a row is rewritten whole.
CREATE TABLE job_payloads (
    job_key INTEGER PRIMARY KEY REFERENCES jobs (key),
    spec    BLOB NOT NULL,
    options BLOB NOT NULL
);

CREATE TABLE tasks (
    job_key        INTEGER NOT NULL REFERENCES jobs (key),
    ordinal        INTEGER NOT NULL,
    agent_id       TEXT NOT NULL,
    agent_name     TEXT NOT NULL,
    state          INTEGER NOT NULL DEFAULT 0,
    deliver_by     INTEGER,
    dispatched_to  TEXT,
    last_agent_seq INTEGER NOT NULL DEFAULT 0,
    started_at     INTEGER,
    ended_at       INTEGER,
    reason         TEXT,
    exit_code      INTEGER,
    result         BLOB,
    PRIMARY KEY (job_key, ordinal)
) WITHOUT ROWID;
CREATE INDEX tasks_open ON tasks (agent_id) WHERE state < 3;

-- AUTOINCREMENT: a position is never given out twice, even after the newest events are deleted.
CREATE TABLE events (
    seq       INTEGER PRIMARY KEY AUTOINCREMENT,
    job_key   INTEGER NOT NULL REFERENCES jobs (key),
    ordinal   INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    agent_seq INTEGER,
    at        INTEGER NOT NULL,
    data      BLOB NOT NULL
);
-- The key of a row (seq) is the last column of every index: a job's tail is one range of this one.
CREATE INDEX events_by_job ON events (job_key);
