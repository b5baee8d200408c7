import { toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { DataCenterClient } from './client.ts';
import type { ConfluenceDataCenterConfig } from './schema.ts';

/** Can we sign in, and see the space and the page above ours? */
export async function checkDataCenter(
  client: DataCenterClient,
  { space, parent_page_id }: ConfluenceDataCenterConfig,
): Promise<Finding[]> {
  const subject = `Confluence: space ${space}`;
  try {
    const { displayName } = await client.me();
    const { name } = await client.space();
    if (parent_page_id !== undefined) await client.page(parent_page_id);
    return [
      ok('Confluence: sign-in', `Signed in as ${displayName}.`),
      ok(subject, `We see ${name}. Whether we may add pages shows when the first one is added.`),
    ];
  } catch (thrown) {
    const error = toProductError(thrown, subject);
    const advice = 'Check base_url, token, space and parent_page_id in the configuration.';
    return [problem('Confluence', error.message, advice)];
  }
}
