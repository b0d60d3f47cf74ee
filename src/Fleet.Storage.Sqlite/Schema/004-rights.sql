-- Label keys that whoever joins with a token may set itself, as JSON; "*" is any key. NULL: the default rule of tokens. Tokens made before let
-- their holders choose, and go on to.
ALTER TABLE tokens ADD COLUMN allowed_labels TEXT;
UPDATE tokens SET allowed_labels = '["*"]' WHERE kind = 0;

-- machine: which machine the agent runs on, as a keyed hash. duplicate_at: since when it is known that two processes use the identity.
ALTER TABLE agents ADD COLUMN machine TEXT;
ALTER TABLE agents ADD COLUMN duplicate_at INTEGER;
ALTER TABLE agents ADD COLUMN duplicate_note TEXT;

-- Certificates of agents that were renewed, until the agent has connected with a newer one; then they are revoked.
CREATE TABLE superseded_certificates (
    serial    TEXT NOT NULL PRIMARY KEY,
    agent_id  TEXT NOT NULL,
    not_after INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX superseded_of_agent ON superseded_certificates (agent_id);

-- Which agent was sent which scan: the highest revision, and until when it had it; NULL: it still has. A finding outside of this is no alert.
CREATE TABLE scan_assignments (
    agent_id TEXT NOT NULL,
    scan     TEXT NOT NULL,
    revision INTEGER NOT NULL,
    until    INTEGER,
    PRIMARY KEY (agent_id, scan)
) WITHOUT ROWID;

ALTER TABLE findings ADD COLUMN unassigned INTEGER NOT NULL DEFAULT 0;

-- Retention takes the oldest of whoever has more than a fair share.
CREATE INDEX findings_of_agent ON findings (agent_id, scan);
CREATE TABLE finding_counts (
    agent_id TEXT NOT NULL,
    scan     TEXT NOT NULL,
    count    INTEGER NOT NULL,
    PRIMARY KEY (agent_id, scan)
) WITHOUT ROWID;
INSERT INTO finding_counts (agent_id, scan, count) SELECT agent_id, scan, count(*) FROM findings GROUP BY agent_id, scan;

-- Who reported of a scan before counts as having had it: agents that are away now may have more to tell of it.
INSERT INTO scan_assignments (agent_id, scan, revision, until)
    SELECT f.agent_id, f.scan, coalesce(s.revision, 9223372036854775807), NULL
    FROM finding_counts AS f JOIN agents AS a ON a.id = f.agent_id AND a.state = 0 LEFT JOIN scans AS s ON s.name = f.scan;
