import { startIdentification } from '@stoa/contract/identification';
import { startVerification } from '@stoa/contract/verification';
import type { LivePlatform } from '@stoa/server/testing/live-platform';
import type { TestPerson } from '@stoa/server/testing/people';
import { type Registered, registerPlatform } from '@stoa/server/testing/register-platform';
import { type Asset, askForUnknown, storeAssets } from './store-assets.ts';
import { layHostileTables, nameOnPlatform, storeSettings } from './store-platform.ts';
import { maskLabels, storePolicies } from './store-policies.ts';
import { type Form, type Product, storeForm, storeProduct } from './store-products.ts';
import * as requests from './store-requests.ts';
import { storeDomain, storeWords, type Words } from './store-words.ts';
import type { HostileStoa } from './world.ts';
import type { Writer } from './writer.ts';

/** What one round stored, by which its screens are found. */
export type Round = {
  readonly asker: TestPerson;
  readonly reviewer: TestPerson;
  readonly words: Words;
  readonly domainId: string;
  readonly form: Form;
  readonly product: Product;
  readonly assets: readonly Asset[];
  readonly policyIds: readonly string[];
  readonly requestIds: readonly string[];
  readonly unknown: string;
};
export type Stored = {
  readonly registered: Registered;
  readonly rounds: readonly Round[];
  readonly identificationId: string;
  readonly verificationId: string;
};

type Given = { stoa: HostileStoa; platform: LivePlatform; rounds: number; perText: number };

/** Stores payloads wherever the API takes words, round after round, each time others. */
export async function storeEverything(writer: Writer, given: Given): Promise<Stored> {
  const { stoa, platform } = given;
  const { admin } = stoa;
  await layHostileTables(writer, platform);
  const registered = await registerPlatform(platform, { appadmin: admin, governor: admin }, 'warehouse');
  const rounds: Round[] = [];
  for (let number = 1; number <= given.rounds; number += 1)
    rounds.push(await storeRound(writer, { ...given, registered, number }));
  await maskLabels(writer, { admin, registered });
  for (const { asker, ...round } of rounds) await requests.askInClear(writer, asker, { ...round, registered });
  const body = { connectionKey: registered.connectionKey };
  const identification = await writer.write(admin, startIdentification, { body });
  const verification = await writer.write(admin, startVerification, {});
  await storeSettings(writer, admin, registered);
  return { registered, rounds, identificationId: identification.id, verificationId: verification.id };
}

type OfRound = Given & { registered: Registered; number: number };

async function storeRound(writer: Writer, { stoa, registered, number, perText }: OfRound): Promise<Round> {
  const { admin } = stoa;
  const person = (name: string) => stoa.add(writer, `${name}${number}`);
  const asker = await person('asker');
  const reviewer = await person('reviewer');
  const words = await storeWords(writer, { admin, members: [asker, reviewer], registered });
  const given = { admin, reviewer, words, registered };
  const domainId = await storeDomain(writer, admin);
  const form = await storeForm(writer, given, perText);
  const product = await storeProduct(writer, { ...given, form, name: `Product ${number}` });
  const assets = await storeAssets(writer, { ...given, form, asker });
  const policyIds = await storePolicies(writer, given);
  const about = { admin, reviewer, words, form, product };
  const ends = requestEnds(writer, about);
  const requestIds: string[] = [];
  for (const [at, end] of ends.entries()) {
    const who = at === 0 ? asker : await person(`asker${at}of`);
    if (at === 1) await nameOnPlatform(writer, admin, who);
    const id = await requests.ask(writer, who, about);
    await end(id, who);
    requestIds.push(id);
  }
  await requests.draft(writer, await person('drafter'), about);
  const unknown = await askForUnknown(writer, { ...given, asker });
  return { asker, reviewer, words, domainId, form, product, assets, policyIds, requestIds, unknown };
}

type About = Parameters<typeof requests.ask>[2];

/** How the requests of a round end, the first one that of its asker. */
const requestEnds = (writer: Writer, about: About): ((id: string, who: TestPerson) => Promise<void>)[] => [
  async (id, who) => {
    await requests.decide(writer, about, { id, status: 'APPROVED', duration: 3, durationUnit: 'DAYS' });
    await requests.extend(writer, who, { ...about, id });
  },
  async (id) => {
    await requests.decide(writer, about, { id, status: 'APPROVED' });
    await requests.revoke(writer, about, id);
  },
  (id) => requests.decide(writer, about, { id, status: 'DENIED' }),
  (id) => requests.decideRecord(writer, about, id),
  (id) => requests.reroute(writer, about, id),
  (id, who) => requests.withdraw(writer, who, id),
  async () => undefined,
];
