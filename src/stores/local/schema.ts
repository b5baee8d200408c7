import { isAbsolute } from 'node:path';

import { z } from 'zod';

export const localConfig = z.strictObject({
  /** Absolute path of the key file; by default `local-store.key` in the data directory. */
  key_file: z.string().refine(isAbsolute, 'an absolute path').optional(),
  /** Link for people, with `{name}`, if your organisation has a page that reveals a value. */
  link: z.url({ protocol: /^https$/ }).optional(),
});

export type LocalConfig = z.output<typeof localConfig>;
