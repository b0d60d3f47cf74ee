ALTER TABLE agents RENAME COLUMN enrolment_id TO enrollment_id;
ALTER TABLE operators RENAME COLUMN enrolment_id TO enrollment_id;
