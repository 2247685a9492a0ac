import type { ConnectionInput, Connector, PlatformSession } from '../connector.ts';
import { apply, applyThenProbe } from './apply.ts';
import { postgresConfig, postgresCredentials, postgresSettings } from './config.ts';
import { openConnections, parseInput } from './connection.ts';
import { crawl } from './crawl.ts';
import { applyTakeBack, observeGrants, takeBackStatements } from './existing-grants.ts';
import { fingerprint } from './fingerprint.ts';
import { futureRepair } from './future-repair.ts';
import { applyMasks, probeMasks, proveCustom, setSalt } from './mask-session.ts';
import { maskStatements } from './mask-statements.ts';
import { observe } from './observe.ts';
import { observeMasks } from './observe-masks.ts';
import { observeStrangers } from './observe-unmapped.ts';
import { preflight } from './preflight.ts';
import { endSessions, endsSessions, openSessions } from './open-sessions.ts';
import { resolvePrincipals } from './principals.ts';
import { probe } from './probe.ts';
import { type KnownStatements, readActivity } from './read-activity.ts';
import { sample, sampleTimeouts } from './sample.ts';
import { capabilitiesOf, readServerFacts } from './server-facts.ts';
import { setupScript } from './setup-script.ts';
import { statements } from './statements.ts';
import { takeBack } from './take-back.ts';

/** PostgreSQL 12 to 18. */
export const postgresConnector: Connector = {
  technology: 'PostgreSQL',
  configSchema: postgresConfig,
  credentialsSchema: postgresCredentials,
  settingsSchema: postgresSettings,
  setupScript,
  preflight,
  open,
};

async function open(input: ConnectionInput): Promise<PlatformSession> {
  const parsed = parseInput(input);
  const connections = openConnections(parsed);
  const { use } = connections;
  const known: KnownStatements = new Map();
  try {
    const facts = await use((client) => readServerFacts(client, parsed));
    return {
      serverVersion: facts.version,
      capabilities: capabilitiesOf(facts),
      crawl: (scope) => crawl(connections, facts, scope),
      resolvePrincipals: (names) => use((client) => resolvePrincipals(client, facts, names)),
      observe: (scope) => use((client) => observe(client, facts, scope)),
      statements: (plan, seen) => statements(facts, plan, seen),
      apply: (list, fence) => apply(connections, list, fence),
      probe: (probes) => use((client) => probe(client, probes)),
      applyThenProbe: (list, fence, probes) => applyThenProbe(connections, list, { fence, probes }),
      observeMasks: (scope) => use((client) => observeMasks(client, facts, { scope, settings: parsed.settings })),
      maskStatements: (plan, seen) => maskStatements({ facts, settings: parsed.settings, layer: seen.layer }, plan),
      applyMasks: (list, fence) => applyMasks(connections, list, fence),
      setSalt: (salt) => use((client) => setSalt(client, facts, salt)),
      proveCustom: (platformId, columnName, expression) =>
        use((client) => proveCustom(client, facts, { platformId, columnName, expression })),
      probeMasks: (probes) => use((client) => probeMasks(client, probes)),
      futureRepair: (future) => futureRepair(facts, future),
      takeBack,
      observeGrants: (about) => use((client) => observeGrants(client, facts, about)),
      observeStrangers: (about) => use((client) => observeStrangers(client, facts, about)),
      takeBackStatements: (groups) => takeBackStatements(facts, groups),
      applyTakeBack: (list, fence) => applyTakeBack(connections, list, fence),
      fingerprint: () => use((client) => fingerprint(client, facts)),
      readActivity: (cursor) => use((client) => readActivity(client, facts, { cursor, known })),
      sample: async (query) => {
        const own = openConnections({ ...parsed, poolSize: 1 }, sampleTimeouts);
        try {
          return await sample(own, query);
        } finally {
          await own.close().catch(() => undefined);
        }
      },
      endsSessions: endsSessions(facts, parsed.settings),
      openSessions: (of) => use((client) => openSessions(client, facts, of)),
      endSessions: (end) => use((client) => endSessions(client, facts, end)),
      close: connections.close,
    };
  } catch (error) {
    await connections.close();
    throw error;
  }
}
