import { z } from 'zod';

import { confluenceAccess } from '../../lib/confluence-access.ts';

export const confluenceConfig = z.strictObject({
  ...confluenceAccess,
  /** A Confluence group; only its members and the bot can then see the pages. */
  readers: z.string().min(1).optional(),
});

export type ConfluenceConfig = z.output<typeof confluenceConfig>;
