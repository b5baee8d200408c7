import { createInterface } from 'node:readline/promises';

import type { Product } from '../composition/product.ts';
import { KINDS } from '../domain/request.ts';
import { openSandboxPage } from './open-page.ts';
import { ORDERS, play } from './play.ts';
import type { Stage } from './play.ts';
import { CHANNEL, PEOPLE } from './people.ts';
import type { Sandbox } from './run.ts';
import { renderMessage } from './slack/render-text.ts';

const PORT = 3000;
const PAGE_PORT = 3001;

/** The app with a workspace and vendors of its own, until `ended`. Its records are kept in `data`. */
export async function startInSandbox(ended: Promise<NodeJS.Signals>): Promise<void> {
  const say = (line: string): void => console.log(line);
  const page = await openSandboxPage({ dataDir: 'data', port: PORT, pagePort: PAGE_PORT });
  const { sandbox, product } = page;
  try {
    await welcome(sandbox, product, page.url, say);
    await Promise.race([ended, prompt(sandbox, product, say, ended)]);
    say('\nStopping…');
  } finally {
    await page.close();
  }
}

async function welcome(
  sandbox: Sandbox,
  product: Product,
  page: string,
  say: (line: string) => void,
): Promise<void> {
  const { outside, slack } = sandbox;
  const kept = (await product.requests.list(null)).length;
  say('No Slack tokens are configured, so this is the sandbox: nothing leaves this machine.');
  say(`\n  Open ${page} in a browser and try everything.\n`);
  say(`  app        ${product.url}   (health: /healthz, /readyz)`);
  say(`  Slack      ${slack.slackApiUrl}   (channel #${CHANNEL.name})`);
  say(
    `  vendors    GitLab ${outside.gitlab.servers[0]?.url}, GitHub ${outside.github.servers[0]?.url}, Jira ${outside.jira.servers[0]?.url}`,
  );
  say(
    `  stores     Vault ${outside.vault.server.url}, Confluence ${outside.confluence.server.url}, Flow ${outside.flow.server.url}`,
  );
  say(
    `  records    data/postgres   (${kept === 0 ? 'no requests yet' : `${kept} requests from before`})`,
  );
  say('Records survive a restart; the sandbox vendors begin anew each time.');
  if (process.stdin.isTTY) say(HELP);
  else
    say('The page is for trying; `npm run demo` plays all three kinds by itself. Ctrl-C stops it.');
}

const HELP = `What to try:
  play integration | automation | flow-user    one request, from the command to the confirmation
  /flow-service-account help                   any command, as the person you are
  as <person>                                  be ${Object.keys(PEOPLE).join(', ')}
  help, quit`;

/** A few words on the terminal: enough to see everything happen. Ends with "quit" or Ctrl-D. */
async function prompt(
  sandbox: Sandbox,
  product: Product,
  say: (line: string) => void,
  ended: Promise<unknown>,
): Promise<void> {
  if (!process.stdin.isTTY) return new Promise(() => undefined);
  const terminal = createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' });
  // Readline takes Ctrl-C for itself; hand it on to whoever waits for the signal.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  // An open terminal would keep the process alive.
  void ended.then(() => terminal.close());
  const stage = { sandbox, product, say };
  let who: Who = 'requester';
  terminal.prompt();
  for await (const line of terminal) {
    if (['quit', 'exit'].includes(line.trim())) break;
    try {
      who = await obey(line.trim(), who, stage);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
    terminal.setPrompt(`${who}> `);
    terminal.prompt();
  }
  terminal.close();
}

type Who = keyof typeof PEOPLE;

/** Does what the line says; returns who the person at the terminal is from now on. */
async function obey(line: string, who: Who, stage: Stage): Promise<Who> {
  const [word = '', rest = ''] = line.split(/\s+(.*)/s);
  const kind = KINDS.find((each) => each === rest);
  if (word === 'as' && rest in PEOPLE) return rest as Who;
  if (word === 'play' && kind !== undefined) await playOnce(kind, stage);
  else if (word.startsWith('/')) await command(stage.sandbox, who, line, stage.say);
  else stage.say(HELP);
  return who;
}

async function playOnce(kind: (typeof KINDS)[number], stage: Stage): Promise<void> {
  const order = ORDERS[kind];
  // Addresses are unique, and earlier runs may have taken this one.
  const suffix = Date.now().toString(36).slice(-4);
  const request = await play(kind, { ...order, localPart: `${order.localPart}-${suffix}` }, stage);
  stage.say(`\n${request.id} is ${request.state}.`);
}

async function command(
  { slack }: Sandbox,
  who: Who,
  line: string,
  say: (line: string) => void,
): Promise<void> {
  const person = slack.as(PEOPLE[who].id);
  const before = person.ephemerals().length;
  await person.slashCommand(line);
  const answer = await slack.waitFor(() => person.ephemerals().at(before) ?? person.view(), {
    what: 'an answer',
  });
  if ('ts' in answer) say(renderMessage(answer));
  else say('The request form is open. Here on the terminal, "play" fills it in for you.');
}
