import { median, percentile, sample } from '../measure.ts';
import type { Figure } from '../report.ts';
import { listSize, seedLists } from '../seed-lists.ts';
import type { World } from '../world.ts';

const rounds = 21;
const page = 50;
/** A deep page may cost so much of the first one: more means that rows before it were walked. */
const deepMost = 2;
/** From L2 of reliability.md: search and browse, p95. */
const browseMilliseconds = 250;

type List = {
  name: string;
  first: string;
  /** The page at 50 % and 95 % of the list. */
  deep: { where: string; path: string }[];
  search: { where: string; path: string }[];
  /** By hand: the first page by an index, and the same rows by offset. */
  keyset: string;
  offset: string;
};

/** Cursor lists are walked once to the place, outside the measurement. */
async function walkTo(world: World, path: string, steps: number): Promise<string> {
  let token = '';
  for (let i = 0; i < steps; i++) {
    const answer = await world.caller.expect(200, { method: 'GET', path: `${path}&limit=100${token}` });
    const { meta } = JSON.parse(answer.body) as { meta: { nextToken: string | null } };
    if (meta.nextToken === null) break;
    token = `&nextToken=${encodeURIComponent(meta.nextToken)}`;
  }
  return token;
}

const at = (share: number, size: number): number => Math.floor(size * share);

async function lists(world: World): Promise<List[]> {
  const products = '/api/data-product?sortBy=name';
  const requests = `/api/access-request?sortBy=createdAt&sortOrder=desc&limit=${page}`;
  const sources = `/api/data-source?limit=${page}`;
  const deepProducts = await walkTo(world, products, at(0.95, listSize.products / 100));
  const deepOf = (path: string, size: number) =>
    [0.5, 0.95].map((share) => ({ where: `at ${share * 100} %`, path: `${path}&offset=${at(share, size)}` }));
  return [
    {
      name: `data products (op 4), ${listSize.products}`,
      first: `${products}&limit=${page}`,
      deep: [{ where: 'at 95 %', path: `${products}&limit=${page}${deepProducts}` }],
      search: [
        { where: 'search, words', path: `/api/data-product?limit=${page}&q=listed` },
        { where: 'search, part of a name', path: `/api/data-product?limit=${page}&nameFilter=c4ca42` },
      ],
      keyset: `select id, name from data_product where deleted_at is null order by lower(name), id limit ${page}`,
      offset: `select id, name from data_product where deleted_at is null order by lower(name), id limit ${page} offset ${at(0.95, listSize.products)}`,
    },
    {
      name: `requests (op 21), ${listSize.requests}`,
      first: requests,
      deep: deepOf(requests, listSize.requests),
      search: [
        { where: 'search, a person', path: `${requests}&searchText=listed_77` },
        { where: 'waiting on me', path: `${requests}&reviewStatus=awaitingReviewFromYou` },
        { where: 'pending', path: `${requests}&status=PENDING` },
      ],
      keyset: `select * from access_request where (created_at, id) < (now() - interval '1 day', 'c') order by created_at desc, id desc limit ${page}`,
      offset: `select * from access_request order by created_at desc, id desc limit ${page} offset ${at(0.95, listSize.requests)}`,
    },
    {
      name: `data sources, ${listSize.sources}`,
      first: sources,
      deep: deepOf(sources, listSize.sources),
      search: [
        { where: 'search', path: `${sources}&searchText=c4ca42` },
        {
          where: 'of one connection, at 95 %',
          path: `${sources}&connectionKey=listed&offset=${at(0.95, listSize.sources)}`,
        },
      ],
      keyset: `select * from data_source where id > 1000 order by id limit ${page}`,
      offset: `select * from data_source order by name, id limit ${page} offset ${at(0.95, listSize.sources)}`,
    },
  ];
}

export async function measureLists(world: World): Promise<Figure[]> {
  await seedLists(world);
  const figures: Figure[] = [];
  for (const list of await lists(world)) figures.push(...(await measureList(world, list)));
  return figures;
}

async function measureList(world: World, list: List): Promise<Figure[]> {
  const get = (path: string) => sample(rounds, () => world.caller.expect(200, { method: 'GET', path }));
  const raw = (text: string) => sample(rounds, () => world.db.query(text));
  await get(list.first);
  const keyset = median(await raw(list.keyset));
  const offset = median(await raw(list.offset));
  const first = median(await get(list.first));
  const figures: Figure[] = [
    {
      id: '-',
      what: `${list.name}: first page of ${page}`,
      unit: 'ms',
      floor: keyset,
      stoa: first,
      note: 'floor: the bare rows by an index',
    },
  ];
  for (const { where, path } of list.deep)
    figures.push({
      id: 'P12',
      what: `${list.name}: page ${where}, against its first page`,
      unit: 'ms',
      floor: first,
      stoa: median(await get(path)),
      budget: { kind: 'ratio', most: deepMost },
      note: `the bare rows by offset at 95 %: ${offset.toFixed(1)} ms; by an index ${keyset.toFixed(1)} ms`,
    });
  for (const { where, path } of list.search) {
    const { status } = await world.caller.send('GET', path);
    figures.push({
      id: 'L2',
      what: `${list.name}: ${where}, p95`,
      unit: 'ms',
      stoa: status === 200 ? percentile(await get(path), 0.95) : Number.POSITIVE_INFINITY,
      budget: { kind: 'most', value: browseMilliseconds },
      ...(status === 200 ? {} : { note: `it was answered ${status}` }),
    });
  }
  return figures;
}
