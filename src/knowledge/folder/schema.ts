import { isAbsolute } from 'node:path';

import { z } from 'zod';

export const folderConfig = z.strictObject({
  /** Absolute path of the directory; made when it is missing. */
  path: z.string().refine(isAbsolute, 'an absolute path'),
  /** Link for people, with `{file}` (`flow-sa-7k3f9q.md`); by default a file link. */
  link: z.url({ protocol: /^https?$/ }).optional(),
});

export type FolderConfig = z.output<typeof folderConfig>;
