import { catchAll } from './catch-all/index.ts';
import { cloudflareEmailRouting } from './cloudflare-email-routing/index.ts';
import { googleWorkspace } from './google-workspace/index.ts';
import { human } from './human/index.ts';
import { microsoft365 } from './microsoft-365/index.ts';
import type { MailboxDefinition } from './mailboxes.ts';

export const mailboxKinds: readonly MailboxDefinition[] = [
  catchAll,
  cloudflareEmailRouting,
  googleWorkspace,
  human,
  microsoft365,
];
