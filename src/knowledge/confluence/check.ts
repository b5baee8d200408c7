import { toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { ConfluenceClient } from '../../lib/confluence-client.ts';
import type { ConfluenceConfig } from './schema.ts';

/** Can we sign in, see the space, add pages there, and name the readers? */
export async function checkConfluence(
  client: ConfluenceClient,
  config: ConfluenceConfig,
): Promise<Finding[]> {
  const subject = `Confluence: space ${config.space}`;
  try {
    const { displayName, accountId } = await client.me();
    const allowed = await client.operations();
    const findings = [
      ok('Confluence: sign-in', `Signed in as ${displayName ?? accountId}.`),
      allowed.includes('create page')
        ? ok(subject, 'We may add pages.')
        : problem(
            subject,
            'The bot may not add pages.',
            'In Confluence open Space settings, Space permissions, and allow the bot to add pages.',
          ),
    ];
    if (config.parent_page_id !== undefined) await client.page(config.parent_page_id);
    if (config.readers !== undefined) await client.group(config.readers);
    return findings;
  } catch (thrown) {
    const error = toProductError(thrown, subject);
    const advice =
      'Check site, api_url, email, api_token, space, parent_page_id and readers in the configuration.';
    return [problem('Confluence', error.message, advice)];
  }
}
