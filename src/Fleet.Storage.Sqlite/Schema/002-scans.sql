-- Standing scans and where alerts go. The definitions are the controller's messages; revision grows with every change.
CREATE TABLE scans (
    name       TEXT NOT NULL PRIMARY KEY,
    revision   INTEGER NOT NULL,
    definition BLOB NOT NULL,
    paused     INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE channels (
    name       TEXT NOT NULL PRIMARY KEY,
    definition BLOB NOT NULL
) WITHOUT ROWID;

-- Hits, summaries of hits and gaps. (agent_id, scan, id) is what drops repeats; at is the time of the line in microseconds.
CREATE TABLE findings (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        INTEGER NOT NULL,
    scan        TEXT NOT NULL,
    agent_id    TEXT NOT NULL,
    agent_name  TEXT NOT NULL,
    id          BLOB NOT NULL,
    severity    INTEGER NOT NULL,
    pattern     TEXT NOT NULL,
    source      TEXT NOT NULL,
    template    TEXT NOT NULL,
    at          INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    count       INTEGER NOT NULL,
    text        BLOB NOT NULL,
    data        BLOB NOT NULL
);
CREATE UNIQUE INDEX findings_once ON findings (agent_id, scan, id);
CREATE INDEX findings_by_time ON findings (at);
CREATE INDEX findings_by_scan ON findings (scan, at);

-- Sums that outlive retention's deletions; kept by whatever adds findings.
CREATE TABLE scan_totals (
    scan    TEXT NOT NULL PRIMARY KEY,
    hits    INTEGER NOT NULL,
    gaps    INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Findings up to seq have been judged by the alert rules; moved in the same transaction as the alerts that came of them.
CREATE TABLE alert_progress (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
);
INSERT INTO alert_progress (id, seq) VALUES (1, 0);

CREATE TABLE alerts (
    id               TEXT NOT NULL PRIMARY KEY,
    scan             TEXT NOT NULL,
    pattern          TEXT NOT NULL,
    fingerprint      TEXT NOT NULL,
    agent_name       TEXT NOT NULL,
    template         TEXT NOT NULL,
    severity         INTEGER NOT NULL,
    state            INTEGER NOT NULL,
    started_at       INTEGER NOT NULL,
    fired_at         INTEGER,
    last_hit_at      INTEGER NOT NULL,
    resolved_at      INTEGER,
    count            INTEGER NOT NULL,
    detail           BLOB NOT NULL,
    silence_id       TEXT,
    acknowledged_by  TEXT,
    acknowledged_at  INTEGER,
    acknowledgement  TEXT
);
CREATE UNIQUE INDEX alerts_open ON alerts (fingerprint) WHERE state < 3;
CREATE INDEX alerts_by_age ON alerts (started_at);

CREATE TABLE silences (
    id         TEXT NOT NULL PRIMARY KEY,
    scan       TEXT NOT NULL,
    pattern    TEXT NOT NULL,
    agent_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    comment    TEXT NOT NULL
) WITHOUT ROWID;

-- Messages that are to leave; due is null once one was sent or given up.
CREATE TABLE deliveries (
    key        INTEGER PRIMARY KEY AUTOINCREMENT,
    alert_id   TEXT NOT NULL,
    channel    TEXT NOT NULL,
    occasion   TEXT NOT NULL,
    message    BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    not_before INTEGER,
    due        INTEGER,
    attempts   INTEGER NOT NULL DEFAULT 0,
    sent_at    INTEGER,
    last_fault TEXT NOT NULL DEFAULT ''
);
CREATE INDEX deliveries_due ON deliveries (due) WHERE due IS NOT NULL;
CREATE INDEX deliveries_of_alert ON deliveries (alert_id);
