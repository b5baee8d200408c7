import { catchAll } from './catch-all/index.ts';
import { human } from './human/index.ts';
import type { MailboxDefinition } from './mailboxes.ts';

export const mailboxKinds: readonly MailboxDefinition[] = [catchAll, human];
