import { Command, InvalidArgumentError } from 'commander';

import { accounts } from './cli/accounts.ts';
import type { AccountOptions } from './cli/accounts.ts';
import { adoptFrom } from './cli/adopt.ts';
import { audit } from './cli/audit.ts';
import { doctor } from './cli/doctor.ts';
import { dryRun } from './cli/dry-run.ts';
import { explainAndExit } from './cli/explain.ts';
import { migrateDatabase } from './cli/migrate.ts';
import { listRequests, showRequest } from './cli/requests.ts';
import { revealSecret } from './cli/secrets.ts';
import type { RevealOptions } from './cli/secrets.ts';
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

program
  .command('dry-run <operation> <id>')
  .description('show what rotate or close would do with an account; nothing is changed')
  .requiredOption('--as <person>', 'the Slack member whose wish it would be')
  .option('--json', 'as JSON')
  .action((operation: string, id: string, options: { as: string; json?: boolean }) =>
    dryRun(configFile(), operation, id, options),
  );

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

const inventory = program
  .command('accounts')
  .description('look at service accounts, and adopt some');
filtered(inventory.command('list').description('newest first, a line each'))
  .option('--json', 'one JSON object per line')
  .option('--csv', 'as CSV')
  .action((options: AccountOptions) => accounts.list(configFile(), options));
inventory
  .command('show <id>')
  .description('one account with its requests')
  .option('--json', 'as JSON')
  .action((id: string, options: AccountOptions) => accounts.show(configFile(), id, options));
filtered(inventory.command('export').description('write them to standard output'))
  .option('--json', 'one JSON object per line; so it is unless told otherwise')
  .option('--csv', 'as CSV')
  .action((options: AccountOptions) => accounts.export(configFile(), options));

inventory
  .command('adopt <file>')
  .description('ask to take the accounts of a CSV file under care; all problems are told at once')
  .requiredOption('--as <person>', 'the Slack member who asks')
  .option('--dry-run', 'only say what would be asked for')
  .action((csv: string, options: { as: string; dryRun?: boolean }) =>
    adoptFrom(configFile(), csv, options),
  );

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
  .option('--account <id>', 'the account, and all requests about it')
  .option('--actor <person>', 'only what this person did')
  .option('--person <person>', 'what this person did, and what names them')
  .option('--since <time>', 'from this ISO 8601 time on')
  .option('--until <time>', 'before this ISO 8601 time')
  .action((options: Parameters<typeof audit.export>[1]) => audit.export(configFile(), options));

program
  .command('secret')
  .description('credentials in the store')
  .command('reveal <name>')
  .description('print one credential of the local store, or a one-time token of Vault; audited')
  .option('--wrapped', 'with Vault or OpenBao: a token that is good for one look at the value')
  .option('--minutes <number>', 'how long that token lives, 1 to 60', parseMinutes, 5)
  .action((name: string, options: RevealOptions) => revealSecret(configFile(), name, options));

function parseMinutes(text: string): number {
  const minutes = Number(text);
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= 60) return minutes;
  throw new InvalidArgumentError('Use a whole number from 1 to 60.');
}

function filtered(command: Command): Command {
  return command
    .option('--state <state>', 'active or closed')
    .option('--kind <kind>', 'integration, automation or flow-user')
    .option('--connection <id>', 'at this connection')
    .option('--owner <person>', 'owned by this Slack member')
    .option('--health <health>', 'healthy, expiring, drifted, broken or unknown');
}

function parseFormat(text: string): 'jsonl' | 'csv' {
  if (text === 'jsonl' || text === 'csv') return text;
  throw new InvalidArgumentError('Use jsonl or csv.');
}

await program.parseAsync().catch(explainAndExit);
