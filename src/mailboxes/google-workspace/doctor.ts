import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { GoogleClient } from './client.ts';
import { NAME } from './explain.ts';
import type { GoogleConfig } from './schema.ts';
import { neededScopes, SCOPE, unneededScopes } from './scopes.ts';
import type { GoogleTokens } from './token.ts';

const DELEGATION = 'Security > API controls > Domain-wide delegation';

/** Asks for a token per scope, which shows what was delegated, and looks at what is there. */
export async function checkGoogle(
  config: GoogleConfig,
  client: GoogleClient,
  tokens: GoogleTokens,
): Promise<Finding[]> {
  try {
    const missing = await refused(neededScopes(config), config, tokens);
    if (missing.length > 0) return [missingScopes(missing, tokens)];
    const unneeded = unneededScopes(config);
    const lacking = await refused(unneeded, config, tokens);
    const wide = unneeded.filter((scope) => !lacking.includes(scope));
    return [
      wide.length === 0
        ? ok(`${NAME}: scopes`, 'Exactly the scopes that are needed are delegated.')
        : tooWide(wide),
      await checkPlace(config, client),
    ];
  } catch (error) {
    const { message } = toProductError(error, NAME);
    return [problem(NAME, message, 'Look at mailboxes: key, admin and the addresses there.')];
  }
}

async function refused(
  scopes: readonly string[],
  config: GoogleConfig,
  tokens: GoogleTokens,
): Promise<string[]> {
  const answers = await Promise.all(
    scopes.map(async (scope) => ({
      scope,
      granted: await tokens.isGranted(scope, subjectOf(scope, config)),
    })),
  );
  return answers.filter(({ granted }) => !granted).map(({ scope }) => scope);
}

function subjectOf(scope: string, config: GoogleConfig): string {
  return scope === SCOPE.gmail ? readerOf(config) : config.admin;
}

/** The mailbox that gets the mail; of users each has its own. */
export function readerOf(config: GoogleConfig): string {
  if (config.mode === 'alias') return config.bot;
  return config.mode === 'group' ? (config.members[0] ?? config.admin) : config.admin;
}

function missingScopes(scopes: readonly string[], tokens: GoogleTokens): Finding {
  return problem(
    `${NAME}: scopes`,
    `Not delegated: ${scopes.join(', ')}.`,
    `A super administrator adds them under ${DELEGATION}, for the client ${tokens.clientId()}. It can take a day until Google knows.`,
  );
}

function tooWide(scopes: readonly string[]): Finding {
  return warning(
    `${NAME}: scopes`,
    `More is delegated than the app needs: ${scopes.join(', ')}.`,
    `Take it away under ${DELEGATION}: whoever gets hold of our key could use it.`,
  );
}

/** Proves the administrator's own rights with a harmless look. */
async function checkPlace(config: GoogleConfig, client: GoogleClient): Promise<Finding> {
  const subject = `${NAME}: ${config.mode}`;
  switch (config.mode) {
    case 'alias': {
      const count = (await client.aliases(config.bot)).length;
      const room = `${config.bot} has ${count} of at most ${MOST_ALIASES} aliases.`;
      return count < MOST_ALIASES
        ? ok(subject, room)
        : problem(subject, room, 'Use the mode group, or another mailbox for further addresses.');
    }
    case 'group':
      await client.findGroup(config.admin);
      return ok(subject, 'The administrator may look at groups.');
    case 'user':
      await client.findUser(config.admin);
      return ok(subject, 'The administrator may look at users. Each address takes a licence.');
  }
}

/** https://support.google.com/a/answer/33327 */
const MOST_ALIASES = 30;
