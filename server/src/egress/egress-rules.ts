import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

/** Why Stoa opens a connection to somewhere else. Each purpose has its own list. */
export const egressPurposes = [
  'webhook',
  'connection',
  'mail',
  'idp',
  'model',
  'logo',
  'slack',
  'teams',
  'audit',
] as const;
export type EgressPurpose = (typeof egressPurposes)[number];

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Allowed = { purpose: EgressPurpose } & ({ host: string; port: number } | { range: [Address, number] });
export type EgressRules = { readonly allowed: readonly Allowed[]; readonly loopbackForConnections: boolean };

/**
 * Reads `purpose=host:port` and `purpose=CIDR`, comma-separated (reliability.md 7.5).
 * Throws an Error whose message ends a sentence that starts with the setting's name.
 */
export function parseEgressAllow(text: string, options: { loopbackForConnections: boolean }): EgressRules {
  const allowed = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(parseEntry);
  return { allowed, loopbackForConnections: options.loopbackForConnections };
}

function parseEntry(entry: string): Allowed {
  const [name, target, ...rest] = entry.split('=');
  const purpose = egressPurposes.find((p) => p === name);
  if (!purpose || !target || rest.length > 0) {
    throw new Error(
      `has an entry "${entry}"; entries read purpose=host:port or purpose=CIDR, purposes are ${egressPurposes.join(', ')}`,
    );
  }
  if (ipaddr.isValidCIDR(target)) return { purpose, range: ipaddr.parseCIDR(target) };
  const match = /^(\[[0-9a-f:]+\]|[^:]+):(\d{1,5})$/i.exec(target);
  const port = Number(match?.[2]);
  if (!match?.[1] || !(port >= 1 && port <= 65_535))
    throw new Error(`has an entry "${entry}" that is neither host:port nor a CIDR`);
  return { purpose, host: match[1].replace(/^\[|\]$/g, '').toLowerCase(), port };
}

export class EgressRefused extends Error {
  constructor(host: string, why: string) {
    super(`${host} ${why}`);
    this.name = 'EgressRefused';
  }
}

/** Where a call is to go: the purpose, and the place as the caller names it. */
export type EgressTarget = { readonly purpose: EgressPurpose; readonly host: string; readonly port: number };

/**
 * Resolves a host once and answers the one address to connect to. Every address of the name must be allowed, so that a
 * name cannot mix a public with a private one; callers connect to the answer and never resolve again.
 */
export async function checkEgress(
  rules: EgressRules,
  target: EgressTarget,
  resolve: (host: string) => Promise<readonly string[]> = resolveAll,
): Promise<string> {
  const addresses = await resolve(target.host);
  const byName = isNamed(rules, target);
  for (const address of addresses) {
    const refusal = judge(rules, target.purpose, { address: ipaddr.parse(address), byName });
    if (refusal !== undefined) throw new EgressRefused(target.host, refusal);
  }
  const first = addresses[0];
  if (first === undefined) throw new EgressRefused(target.host, 'has no address');
  return first;
}

/** The operator named this very host and port for the purpose. */
export const isNamed = (rules: EgressRules, { purpose, host, port }: EgressTarget): boolean =>
  rules.allowed.some((a) => 'host' in a && a.purpose === purpose && a.host === host.toLowerCase() && a.port === port);

/** One question to the resolver per name at a time: a name that is never answered holds one of its few threads, not all. */
const asked = new Map<string, Promise<readonly string[]>>();

export async function resolveAll(host: string): Promise<readonly string[]> {
  if (ipaddr.isValid(host)) return [ipaddr.parse(host).toString()];
  const known = asked.get(host);
  if (known !== undefined) return known;
  const answer = lookup(host, { all: true, verbatim: false })
    .then((found) => found.map((entry) => entry.address))
    .catch(() => {
      throw new EgressRefused(host, 'could not be resolved to an address');
    })
    .finally(() => asked.delete(host));
  asked.set(host, answer);
  return answer;
}

/** Where clouds hand out the credentials of the machine, beside the link-local addresses: no setting opens those. */
const metadataAddresses = new Set(
  ['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254'].map((text) =>
    ipaddr.parse(text).toString(),
  ),
);
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

function judge(
  rules: EgressRules,
  purpose: EgressPurpose,
  seen: { address: Address; byName: boolean },
): string | undefined {
  const { address, byName } = seen;
  const plain =
    address.kind() === 'ipv6' && (address as ipaddr.IPv6).isIPv4MappedAddress()
      ? (address as ipaddr.IPv6).toIPv4Address()
      : address;
  const range = rangeOf(plain);
  if (range === 'linkLocal' || metadataAddresses.has(plain.toString()))
    return 'is a link-local or metadata address, which is never allowed';
  if (range === 'unicast' || byName || isInAllowedRange(rules, purpose, plain)) return undefined;
  // Databases and mail servers of one's own mostly stand in private networks.
  const isOwn = purpose === 'connection' || purpose === 'mail';
  if (isOwn && (range === 'private' || range === 'uniqueLocal')) return undefined;
  if (isOwn && range === 'loopback' && rules.loopbackForConnections) return undefined;
  return `is a ${range} address; the operator may allow it with STOA_EGRESS_ALLOW=${purpose}=host:port`;
}

/** Of version 6, only what is given out to be routed counts as public: the rest holds old ways to write version 4. */
function rangeOf(address: Address): string {
  const range = address.range();
  return range === 'unicast' && address.kind() === 'ipv6' && !address.match(globalUnicast) ? 'reserved' : range;
}

/** The operator opened the network that this address lies in; never loopback, which is opened by host and port alone. */
export function isInAllowedRange(rules: EgressRules, purpose: EgressPurpose, address: Address): boolean {
  return rules.allowed.some(
    (a) =>
      a.purpose === purpose &&
      'range' in a &&
      a.range[0].kind() === address.kind() &&
      address.range() !== 'loopback' &&
      address.match(a.range),
  );
}
