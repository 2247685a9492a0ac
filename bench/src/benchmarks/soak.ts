import { readdirSync, readFileSync } from 'node:fs';
import { mixedActs, type Stage } from '../load-stage.ts';
import { percentile } from '../measure.ts';
import { noteOf, openLoop } from '../open-loop.ts';
import type { Figure } from '../report.ts';
import { soakMinutes } from '../seed-load.ts';

type Look = { megabytes: number; files: number; sessions: number };

const residentMegabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;

/** Of all turns of the event loop since this was last asked. */
async function eventLoopMilliseconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const seconds = /^stoa_nodejs_eventloop_lag_p99_seconds ([\d.e+-]+)$/m.exec(text)?.[1];
  if (seconds === undefined) throw new Error('the server does not say how late its event loop is');
  return Number(seconds) * 1_000;
}

const middle = (looks: readonly Look[], of: keyof Look): number =>
  percentile(
    looks.map((look) => look[of]),
    0.5,
  );

/** Half of what L1 asks for, for an hour. The first sixth warms up; then nothing may grow. */
export async function soak(stage: Stage): Promise<Figure[]> {
  const { world } = stage;
  const pid = world.server.process.pid ?? 0;
  const looks: Look[] = [];
  const look = async () => {
    const { rows } = await world.db.query<{ sessions: number }>(
      `select count(*)::int as sessions from pg_stat_activity where datname = current_database() and application_name like 'stoa%'`,
    );
    looks.push({
      megabytes: residentMegabytes(pid),
      files: readdirSync(`/proc/${pid}/fd`).length,
      sessions: rows[0]?.sessions ?? 0,
    });
  };
  const watch = setInterval(() => void look(), 5_000);
  const seconds = soakMinutes * 60;
  const warm = setTimeout(() => void eventLoopMilliseconds(world.server.url), (seconds / 6) * 1_000);
  const timed = await openLoop({ perSecond: 100, seconds, act: mixedActs(stage, 'soak') });
  const lag = await eventLoopMilliseconds(world.server.url);
  clearInterval(watch);
  clearTimeout(warm);
  const window = Math.max(1, Math.round(looks.length / 12));
  const begin = Math.round(looks.length / 6);
  const [early, late] = [looks.slice(begin, begin + window), looks.slice(-window)];
  const grown = (of: keyof Look) => middle(late, of) / middle(early, of) - 1;
  const what = `soak, mixed, 100/s for ${soakMinutes} min`;
  return [
    {
      id: 'L8',
      what: `${what}: memory gained after the first sixth, per cent`,
      unit: '',
      stoa: Math.max(0, grown('megabytes') * 100),
      budget: { kind: 'most', value: 5 },
      note: `${middle(early, 'megabytes').toFixed(0)} MB, then ${middle(late, 'megabytes').toFixed(0)} MB; ${noteOf(timed)}`,
    },
    {
      id: 'L8',
      what: `${what}: most memory`,
      unit: 'MB',
      stoa: Math.max(...looks.map(({ megabytes }) => megabytes)),
      budget: { kind: 'most', value: 700 },
    },
    {
      id: 'L8',
      what: `${what}: open files gained`,
      unit: '',
      stoa: middle(late, 'files') - middle(early, 'files'),
      // A call that is just coming in is a file.
      budget: { kind: 'most', value: 10 },
      note: `${middle(early, 'files')}, then ${middle(late, 'files')}`,
    },
    {
      id: 'L8',
      what: `${what}: database sessions gained`,
      unit: '',
      stoa: middle(late, 'sessions') - middle(early, 'sessions'),
      budget: { kind: 'most', value: 0 },
      note: `${middle(early, 'sessions')}, then ${middle(late, 'sessions')}`,
    },
    {
      id: 'L8',
      what: `${what}: a turn of the event loop, p99`,
      unit: 'ms',
      stoa: lag,
      budget: { kind: 'most', value: 100 },
    },
    { id: 'L8', what: `${what}: errors`, unit: '', stoa: timed.errors.length, budget: { kind: 'exactly', value: 0 } },
  ];
}
