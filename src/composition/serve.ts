import type { ValidConfig } from '../config/validate.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Queue } from '../queue/queue.ts';
import type { Records } from '../records/records.ts';
import { acceptDeposit, findDeposit } from '../requests/deposit.ts';
import type { UseCaseDeps } from '../requests/deps.ts';
import type { SlackApp } from '../slack/app.ts';
import { startWebServer } from '../web/server.ts';
import { operatorPages } from './operator.ts';

export interface ServeDeps {
  readonly slack: SlackApp;
  readonly useCases: UseCaseDeps;
  readonly records: Records;
  readonly queue: Queue;
  readonly log: Log;
  readonly clock: Clock;
  /** Seconds that this process has waited for its turn in Slack, by method. */
  readonly slackWaits: ReadonlyMap<string, number>;
}

/** The HTTP surface: health, the deposit page, and Slack's requests where it sends them by HTTP. */
export async function serve(config: ValidConfig, deps: ServeDeps) {
  const { slack, useCases, records, queue, log } = deps;
  const readiness = async () =>
    Promise.all([
      reachable('database', () => records.ping()),
      reachable('queue', () => queue.ping()),
      reachable('Slack', () => slack.ping()),
    ]);
  const web = await startWebServer({
    host: config.listen.host,
    port: config.listen.port,
    log,
    trustProxy: config.trust_proxy,
    ...(slack.requestListener === undefined ? {} : { slack: slack.requestListener }),
    deposits:
      useCases.depositUrl === null
        ? null
        : {
            find: (token) => findDeposit(token, useCases),
            accept: (token, code, credential) => acceptDeposit(token, code, credential, useCases),
          },
    readiness,
    operator: operatorPages(config, { ...deps, readiness }),
  });
  await slack.start();
  return {
    url: web.url,
    /** Slack stops handing out work first; running requests then end. */
    async close() {
      await slack.stop();
      await web.close();
    },
  };
}

async function reachable(name: string, ping: () => Promise<void>) {
  try {
    await ping();
    return { name, ok: true, message: 'reachable' };
  } catch {
    return { name, ok: false, message: 'not reachable' };
  }
}
