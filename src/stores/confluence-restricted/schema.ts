import { z } from 'zod';

import { confluenceAccess } from '../../lib/confluence-access.ts';

const WHY =
  'must be true: every credential will be readable in Confluence by the whole group and by site administrators, and old values stay in the page history. Prefer a secret store; set this only if your organisation has decided so';

export const restrictedConfig = z.strictObject({
  ...confluenceAccess,
  /** The Confluence group that may read and edit the credential pages, besides the bot. */
  group: z.string().min(1),
  i_accept_that_credentials_are_kept_in_confluence: z.literal(true, { error: WHY }),
  /** Link for people, with `{space}` and `{name}`. */
  link: z.url({ protocol: /^https?$/ }).optional(),
});

export type RestrictedConfig = z.output<typeof restrictedConfig>;
