import { startEmbedded } from '../db/embedded/start.ts';

/* Runs the embedded PostgreSQL of a folder until killed: for tests of what a killed process leaves behind. */

const [dataDir, port] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('Which data folder?');
const server = await startEmbedded({ dataDir, log: () => undefined, port: Number(port), isDurable: false });
process.stdout.write(`${server.url('postgres')}\n`);
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);
