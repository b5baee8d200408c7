/** Who a task falls to; configuration names the people, the account's owner is the fallback. */
export type TaskRole = 'owner' | 'vendor-admin' | 'mail-admin' | 'flow-admin' | 'store-admin';

export interface TaskLink {
  readonly label: string;
  readonly url: string;
}

/** Something the person must tell us, e.g. the login they registered. Never a secret. */
export interface TaskField {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  /** A valid example, shown as placeholder and in errors. */
  readonly example: string;
}

/** Asks for a credential a person made; it travels by the one-time page or straight to the store. */
export interface TaskDeposit {
  /** "GitHub fine-grained token", as the page's field is called. */
  readonly label: string;
  /** Where the value goes in the secret store. */
  readonly secretName: string;
}

/** The mail that a task waits for, such as an invitation. */
export interface ExpectedMail {
  /** Domains of whoever sends it, e.g. `github.com`; domains below them count, too. */
  readonly from: readonly string[];
  /** Earlier steps led to other mail from the same sender, which is not meant. */
  readonly ofThisStep?: boolean | undefined;
}

/**
 * What an API cannot do: exact instructions for one person, proven afterwards by running the step
 * again. `finding` says what the last check saw ("The invitation is still pending.").
 */
export interface HumanTask {
  /** Stable within its step, so that asking twice is one task. */
  readonly id: string;
  readonly title: string;
  readonly role: TaskRole;
  /** Plain sentences in order; rendered as a numbered list, escaped by the renderer. */
  readonly instructions: readonly string[];
  readonly links: readonly TaskLink[];
  readonly warnings: readonly string[];
  readonly fields: readonly TaskField[];
  readonly deposit: TaskDeposit | null;
  readonly finding: string | null;
  /** Where the app reads the mailbox, it tells the assignee when this mail has come. */
  readonly expectsMail?: ExpectedMail | undefined;
  /** One sentence for the assignee once it has come: when, and where to open it. Never its contents. */
  readonly arrival?: string | undefined;
  /** How often the check repeats by itself, in milliseconds; null: only on "Done". */
  readonly pollMs: number | null;
}

const MINUTE = 60_000;

/** A task with the usual defaults: polled every five minutes, nothing to fill in. */
export function humanTask(
  task: Pick<HumanTask, 'id' | 'title' | 'role' | 'instructions'> & Partial<HumanTask>,
): HumanTask {
  return {
    links: [],
    warnings: [],
    fields: [],
    deposit: null,
    finding: null,
    pollMs: 5 * MINUTE,
    ...task,
  };
}
