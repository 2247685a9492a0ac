import { type RawBuilder, sql } from 'kysely';

/** The class of the locks that show which replicas live: each holds its own for as long as it has a connection. */
export const replicaLockClass = 7_305;
/** The class of the locks of loops that one replica runs at a time. */
export const loopLockClass = 7_306;
export const loopLocks = { fanOut: 1, webhookClaims: 2, auditSealer: 3, counts: 4 } as const;

/** True while the replica whose id stands in `column` holds the lock of its life. */
export const isReplicaAlive = (column: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`
  exists (select from pg_locks l where l.locktype = 'advisory' and l.granted and l.classid = ${replicaLockClass}::oid
    and l.objid::bigint = (hashtext(${column}::text)::bigint & 4294967295) and l.objsubid = 2)`;
