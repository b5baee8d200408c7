import { NEWEST } from '../mailroom.ts';
import type { Mailroom, MailQuery, ReadMail } from '../mailroom.ts';
import type { GoogleClient } from './client.ts';

/** Reads headers through Gmail's API, never contents; so it can neither search nor mark as read. */
export function openGmail(client: GoogleClient, mailboxOf: (address: string) => string): Mailroom {
  return {
    async find(query, fits) {
      const mailbox = mailboxOf(query.address);
      for (const id of await client.newestMessages(mailbox, 3 * NEWEST)) {
        const found = await client.message(mailbox, id);
        if (found === undefined) continue;
        const headers = found.payload.headers.map(({ name, value }) => [name, value] as const);
        const mail = { headers, receivedAt: new Date(Number(found.internalDate)) };
        if (isTooOld(mail, query)) return undefined;
        if (fits(mail)) return mail;
      }
      return undefined;
    },
  };
}

/** Gmail lists the newest first. */
function isTooOld({ receivedAt }: ReadMail, { since }: MailQuery): boolean {
  return receivedAt.getTime() < since.getTime();
}
