import { openWorkerApp } from './worker-app.ts';

// One worker process of `throughput.ts`: opens everything, then waits for the word to begin.
const [databaseUrl = '', redisUrl] = process.argv.slice(2);
const app = await openWorkerApp({ databaseUrl, redisUrl, concurrency: 4 });
process.on('message', (word) => {
  if (word === 'work') void app.work();
  else void app.close().then(() => process.disconnect());
});
process.send?.('ready');
