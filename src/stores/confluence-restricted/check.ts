import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { ConfluenceClient } from '../../lib/confluence-client.ts';
import type { RestrictedConfig } from './schema.ts';

const NEEDED = ['create page', 'delete page', 'administer space'] as const;

/** Can we keep credential pages to the group, and remove them without a trace? */
export async function checkRestricted(
  client: ConfluenceClient,
  config: RestrictedConfig,
): Promise<Finding[]> {
  const subject = `Credential pages in ${config.space}`;
  try {
    const allowed = await client.operations();
    const missing = NEEDED.filter((operation) => !allowed.includes(operation));
    const group = await client.group(config.group);
    if (config.parent_page_id !== undefined) await client.page(config.parent_page_id);
    return [
      warning(
        'Credentials in Confluence',
        'Credentials are kept on Confluence pages. Site administrators can read them, and old values stay in the page history.',
        'Move to a secret store such as Vault when you can.',
      ),
      missing.length === 0
        ? ok(subject, `The bot may add, restrict and purge pages; readers are ${group.name}.`)
        : problem(
            subject,
            `The bot lacks: ${missing.join(', ')}.`,
            'In Confluence open Space settings, Space permissions, and make the bot an administrator of this space: only those can purge a page.',
          ),
    ];
  } catch (thrown) {
    const error = toProductError(thrown, subject);
    const advice =
      'Check site, api_url, email, api_token, space, parent_page_id and group in the configuration.';
    return [problem('Confluence', error.message, advice)];
  }
}
