//! The tables, and how older ones become them.

/// Migrations in order; the file's `user_version` counts those it has seen. One is never changed once released.
pub(super) const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE event (
        cluster TEXT NOT NULL, version INTEGER NOT NULL, at_ms INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (cluster, version)
    ) WITHOUT ROWID;
    CREATE TABLE checked (
        cluster TEXT NOT NULL, operation TEXT NOT NULL, at_ms INTEGER NOT NULL, error TEXT,
        PRIMARY KEY (cluster, operation)
    ) WITHOUT ROWID;
    CREATE TABLE plugin_state (
        plugin TEXT NOT NULL, cluster TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, version INTEGER NOT NULL,
        PRIMARY KEY (plugin, cluster, key)
    ) WITHOUT ROWID;
    ",
    // A stream's version stands by itself, so that removing its last events cannot move it back. Events say what they
    // belong to and whether they end it. The file has a name of its own, which a copy does not share.
    "
    CREATE TABLE stream (cluster TEXT NOT NULL PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO stream SELECT cluster, MAX(version) FROM event GROUP BY cluster;
    ALTER TABLE event ADD COLUMN topic TEXT NOT NULL DEFAULT '';
    ALTER TABLE event ADD COLUMN closes INTEGER NOT NULL DEFAULT 0;
    UPDATE event SET
        topic = CASE body ->> '$.event'
            WHEN 'finding-opened' THEN 'finding/' || (body ->> '$.operation') || '/' || (body ->> '$.finding.key')
            WHEN 'finding-changed' THEN 'finding/' || (body ->> '$.operation') || '/' || (body ->> '$.finding.key')
            WHEN 'finding-cleared' THEN 'finding/' || (body ->> '$.operation') || '/' || (body ->> '$.key')
            WHEN 'node-changed' THEN 'node/' || (body ->> '$.node')
            WHEN 'run' THEN 'run/' || (body ->> '$.run')
            WHEN 'schedule-changed' THEN 'schedule/' || (body ->> '$.operation')
            WHEN 'schedule-due' THEN 'due/' || (body ->> '$.operation')
            ELSE 'freeze'
        END,
        closes = CASE body ->> '$.event'
            WHEN 'finding-cleared' THEN 1
            WHEN 'node-changed' THEN 1
            WHEN 'run' THEN COALESCE(body ->> '$.what.what' = 'closed', 0)
            ELSE 0
        END;
    CREATE INDEX event_topic ON event (cluster, topic, version, at_ms, closes);
    CREATE TABLE about (id TEXT NOT NULL);
    INSERT INTO about VALUES (lower(hex(randomblob(16))));
    ",
    // The audit log begins here: what came before has no records. It has a head of its own, so that its end cannot be cut off
    // unseen. A target of notifications has a place in each stream.
    "
    CREATE TABLE audit (
        number INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, run TEXT, hash TEXT NOT NULL, body TEXT NOT NULL
    );
    CREATE TABLE audit_head (number INTEGER NOT NULL, hash TEXT NOT NULL);
    INSERT INTO audit_head VALUES (0, '0000000000000000000000000000000000000000000000000000000000000000');
    CREATE TABLE audit_segment (
        segment INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, before TEXT NOT NULL,
        hash TEXT NOT NULL, sealed_at_ms INTEGER NOT NULL, exported_at_ms INTEGER, pruned INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE audit_run (
        cluster TEXT NOT NULL, run TEXT NOT NULL, context TEXT NOT NULL, PRIMARY KEY (cluster, run)
    ) WITHOUT ROWID;
    CREATE TABLE delivery (
        target TEXT NOT NULL, cluster TEXT NOT NULL, told INTEGER NOT NULL, sending INTEGER,
        PRIMARY KEY (target, cluster)
    ) WITHOUT ROWID;
    ",
];
