-- What waits is read by channel, the most severe first. The severity is the alert's when its message was decided.
ALTER TABLE deliveries ADD COLUMN severity INTEGER NOT NULL DEFAULT 0;
UPDATE deliveries SET severity = coalesce((SELECT alerts.severity FROM alerts WHERE alerts.id = alert_id), 0) WHERE due IS NOT NULL;
DROP INDEX deliveries_due;
CREATE INDEX deliveries_waiting ON deliveries (channel, severity DESC, due, key) WHERE due IS NOT NULL;
