import { Command, InvalidArgumentError } from 'commander';

import { audit } from './cli/audit.ts';
import { doctor } from './cli/doctor.ts';
import { explainAndExit } from './cli/explain.ts';
import { migrateDatabase } from './cli/migrate.ts';
import { listRequests, showRequest } from './cli/requests.ts';
import { revealSecret } from './cli/secrets.ts';
import { start } from './cli/start.ts';

const program = new Command('flow-service-accounts')
  .description('Gives an organisation its Flow service accounts, from the request to the last day.')
  .option('-c, --config <file>', 'configuration file; config.yml unless told otherwise')
  .showHelpAfterError();

const configFile = (): string | undefined => program.opts<{ config?: string }>().config;

program
  .command('start', { isDefault: true })
  .description('run the app; without Slack tokens it starts its own sandbox')
  .option('--no-worker', 'answer Slack only; workers run elsewhere')
  .action(({ worker }: { worker: boolean }) => start(configFile(), { slack: true, worker }));
program
  .command('worker')
  .description('run a worker only')
  .action(() => start(configFile(), { slack: false, worker: true }));
program
  .command('demo')
  .description('play all three kinds of account end to end in the sandbox')
  .action(async () => {
    const { demo } = await import('./sandbox/demo.ts');
    process.exitCode = await demo();
  });
program
  .command('doctor')
  .description('check every adapter: reachable, signed in, permissions exactly sufficient')
  .action(() => doctor(configFile()));
program
  .command('migrate')
  .description('bring the database up to this version')
  .action(() => migrateDatabase(configFile()));

const requests = program.command('requests').description('look at requests');
requests
  .command('list')
  .description('newest first')
  .option('--state <state>', 'only this state')
  .option('--json', 'one JSON object per line')
  .action((options: { state?: string; json?: boolean }) => listRequests(configFile(), options));
requests
  .command('show <id>')
  .description('one request with its steps')
  .option('--json', 'as JSON')
  .action((id: string, options: { json?: boolean }) => showRequest(configFile(), id, options));

const log = program.command('audit').description('the audit log');
log
  .command('verify [file]')
  .description('check the chain, in the database or in an exported JSON Lines file')
  .action((file?: string) => audit.verify(configFile(), file));
log
  .command('export')
  .description('write the log to standard output')
  .option('--format <format>', 'jsonl or csv', parseFormat, 'jsonl')
  .option('--subject <id>', 'only this request or account')
  .option('--actor <person>', 'only what this person did')
  .option('--since <time>', 'from this ISO 8601 time on')
  .option('--until <time>', 'before this ISO 8601 time')
  .action((options: Parameters<typeof audit.export>[1]) => audit.export(configFile(), options));

program
  .command('secret')
  .description('credentials of the local store')
  .command('reveal <name>')
  .description('print one credential; only for the local store, and it is audited')
  .action((name: string) => revealSecret(configFile(), name));

function parseFormat(text: string): 'jsonl' | 'csv' {
  if (text === 'jsonl' || text === 'csv') return text;
  throw new InvalidArgumentError('Use jsonl or csv.');
}

await program.parseAsync().catch(explainAndExit);
