import type { Finding } from '../domain/finding.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { AdapterDefinition } from '../lib/adapter.ts';

export interface MailboxSpec {
  readonly address: string;
  readonly marker: string;
  readonly purpose: string;
}

/** What is kept of a challenge: enough to check an answer, not enough to give it. */
export interface Challenge {
  /** sha256 of the code, hex. */
  readonly codeHash: string;
  /** When the mail server took the mail; empty while that is not known. */
  readonly sentAt: string;
  readonly expiresAt: string;
  /** Since when the mail server does not know the address, which may just be too new. */
  readonly refusedSince?: string | undefined;
  /** Mails taken so far, with this code and those before it. */
  readonly sends: number;
}

export interface MailProof {
  /** "The challenge mail arrived" or "The code from the mail was entered". */
  readonly how: string;
  readonly at: string;
}

export interface MailWanted {
  /** Older mail does not count. */
  readonly since: Date;
  /** Domains of the senders, e.g. `github.com`; domains below them count, too. */
  readonly from: readonly string[];
}

/** That a mail is there; never what it says. */
export interface MailSighting {
  readonly arrivedAt: string;
  /** The proven domain of its sender. */
  readonly sender: string;
  /** Where people open it; without a URL they know how to get there. */
  readonly inbox: { readonly name: string; readonly url: string | null };
}

/** Service e-mail addresses: made, and proven to receive mail before a vendor hears of them. */
export interface Mailboxes {
  check(): Promise<Finding[]>;
  /** The address for a local part; pure, so that the modal can preview it. */
  address(localPart: string): string;
  /** Makes the address where that takes a call or a person; at once where it takes nothing. */
  ensure(spec: MailboxSpec, answers: Readonly<Record<string, string>>): Promise<Outcome<void>>;
  /**
   * Proves that mail arrives. `keep` stores the challenge before the mail leaves and again when it
   * has left, so that a second run sends no second mail and still knows the code's hash. Only the
   * hash is kept: when a run dies in between, the next one sends a new code.
   */
  prove(
    spec: MailboxSpec,
    challenge: Challenge | null,
    answers: Readonly<Record<string, string>>,
    keep: (challenge: Challenge) => Promise<void>,
  ): Promise<Outcome<MailProof>>;
  /**
   * The newest mail from expected senders, if the receiving server vouches for where it comes
   * from. Absent where the app can not read the mailbox or can not tell whom to believe.
   */
  readonly findMail?: (address: string, wanted: MailWanted) => Promise<MailSighting | undefined>;
  /** Takes the address back where it was made by a call; quiet where there is nothing to take. */
  remove(spec: MailboxSpec): Promise<Outcome<void>>;
}

export type MailboxDefinition<Config = unknown> = AdapterDefinition<Config, Mailboxes>;

export function defineMailboxes<Config>(
  definition: MailboxDefinition<Config>,
): MailboxDefinition<Config> {
  return definition;
}
