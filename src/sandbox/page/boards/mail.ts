import { header } from '../../../mailboxes/sandbox-post.ts';
import type { StoredMail } from '../../../mailboxes/sandbox-post.ts';
import type { Outside } from '../../outside.ts';
import type { BoardEntry } from '../wire.ts';
import { cell, linkTo } from './board.ts';
import type { Board } from './board.ts';

export function drawMail({ mail }: Outside): Board {
  return drawMailbox(
    'mail',
    'Mailbox',
    'One mailbox gets the mail of every service address; the app proves that it arrives.',
    mail.messages(),
  );
}

export function drawMailByHand({ mailByHand }: Outside): Board {
  return drawMailbox(
    'mailByHand',
    'Mailboxes by hand',
    'For organisations where a person makes each address. The sandbox’s own set-up does not use it.',
    mailByHand.messages(),
  );
}

function drawMailbox(
  board: string,
  name: string,
  about: string,
  mails: readonly StoredMail[],
): Board {
  const newest = mails.toReversed();
  return {
    name,
    about,
    tables: [
      {
        title: 'Mail',
        columns: ['To', 'Subject', 'Received'],
        rows: newest.map((mail) => [
          cell(mail.to),
          linkTo(header(mail.raw, 'subject') || '(no subject)', {
            to: 'board',
            board,
            entry: String(mail.uid),
          }),
          cell(mail.receivedAt.toISOString().slice(0, 16).replace('T', ' ')),
        ]),
        empty: 'No mail has come yet.',
      },
    ],
    entries: newest.map(entryOf),
  };
}

function entryOf(mail: StoredMail): BoardEntry {
  const [, ...rest] = mail.raw.split(/\r?\n\r?\n/);
  const lines = rest.join('\n\n').trim().split(/\r?\n/);
  return {
    id: String(mail.uid),
    title: header(mail.raw, 'subject') || '(no subject)',
    facts: [
      ['From', header(mail.raw, 'from')],
      ['To', mail.to],
    ],
    body: lines.map((line) => ({ tag: 'p', href: null, children: [line] })),
    reveal: null,
  };
}
