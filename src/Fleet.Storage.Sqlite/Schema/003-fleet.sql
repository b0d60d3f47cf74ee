-- Which fleet this store belongs to, and a number that grows. A copy of it stands beside the trust roots and is written after the
-- commit, so it is never ahead: where this one is behind, the store has lost something (a write-ahead log, say) or is an old copy.
CREATE TABLE fleet (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    fleet_id TEXT NOT NULL,
    revision INTEGER NOT NULL
);

-- Whatever changes who belongs to the fleet makes it grow, in the same transaction.
CREATE TRIGGER fleet_agents_insert AFTER INSERT ON agents BEGIN UPDATE fleet SET revision = revision + 1; END;
CREATE TRIGGER fleet_agents_update AFTER UPDATE OF state, certificate_serial ON agents BEGIN UPDATE fleet SET revision = revision + 1; END;
CREATE TRIGGER fleet_operators_insert AFTER INSERT ON operators BEGIN UPDATE fleet SET revision = revision + 1; END;
CREATE TRIGGER fleet_operators_update AFTER UPDATE OF state, role, certificate_serial ON operators BEGIN UPDATE fleet SET revision = revision + 1; END;
CREATE TRIGGER fleet_tokens_insert AFTER INSERT ON tokens BEGIN UPDATE fleet SET revision = revision + 1; END;
CREATE TRIGGER fleet_tokens_update AFTER UPDATE OF revoked_at ON tokens BEGIN UPDATE fleet SET revision = revision + 1; END;
CREATE TRIGGER fleet_revocations_insert AFTER INSERT ON revocations BEGIN UPDATE fleet SET revision = revision + 1; END;
