// What travels between the page's server and its browser half: shapes only, no code.

export type Json = Readonly<Record<string, unknown>>;

export interface PersonView {
  readonly id: string;
  readonly name: string;
  /** What this person is here for, in a few words. */
  readonly part: string;
  readonly bot: boolean;
}

export interface CommandView {
  readonly command: string;
  readonly description: string;
  /** Ways to go on after the command. */
  readonly verbs: readonly string[];
}

export interface WorkspaceView {
  readonly name: string;
  readonly appId: string;
  readonly appName: string;
  readonly people: readonly PersonView[];
  readonly groups: readonly { readonly id: string; readonly handle: string }[];
  readonly channels: readonly { readonly id: string; readonly name: string }[];
  /** The conversation between the acting person and the app. */
  readonly direct: string;
  readonly commands: readonly CommandView[];
  readonly shortcuts: readonly { readonly id: string; readonly name: string }[];
  /** In the menu of a message. */
  readonly messageShortcuts: readonly { readonly id: string; readonly name: string }[];
  /** Origin of a system's server → the board that shows it. */
  readonly origins: Readonly<Record<string, string>>;
}

export interface MessageView {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  /** Shown to the acting person alone. */
  readonly ephemeral: boolean;
}

export type ViewValues = Readonly<Record<string, Readonly<Record<string, Json>>>>;

export interface OpenView {
  readonly id: string;
  readonly title: string;
  readonly submit: string | null;
  readonly close: string;
  /** How many modals lie below this one. */
  readonly below: number;
  readonly blocks: readonly Json[];
  readonly values: ViewValues;
  /** block_id → what is wrong there. */
  readonly errors: Readonly<Record<string, string>>;
}

/** Where on the page something is to be seen. */
export type Spot =
  | { readonly to: 'channel'; readonly channel: string; readonly thread: string | null }
  | { readonly to: 'board'; readonly board: string; readonly entry?: string }
  | { readonly to: 'home' };

export interface GuideStep {
  readonly title: string;
  readonly detail: string;
  readonly state: 'done' | 'now' | 'later';
  /** Who does it; null when nobody has to. */
  readonly as: string | null;
  readonly spots: readonly { readonly label: string; readonly spot: Spot }[];
  /** What the page can do for an impatient visitor. */
  readonly help: { readonly label: string; readonly act: 'open-form' | 'fill-form' } | null;
}

export interface GuidePath {
  readonly kind: string;
  readonly title: string;
  readonly request: string | null;
  readonly steps: readonly GuideStep[];
  /** How it ended; null while it has not. */
  readonly end: string | null;
}

export interface Cell {
  readonly text: string;
  readonly tone?: 'good' | 'bad' | 'quiet';
  readonly code?: boolean;
  readonly spot?: Spot;
}

export interface BoardTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Said when there are no rows. */
  readonly empty: string;
}

/** A page of a system: a stored credential, a wiki page, a mail. */
export interface BoardEntry {
  readonly id: string;
  readonly title: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly body: readonly RichNode[];
  /** Name of the credential that its owner may reveal here. */
  readonly reveal: string | null;
}

/** Text of a wiki page with the few tags that such pages have. */
export type RichNode = string | RichElement;
export interface RichElement {
  readonly tag: string;
  readonly href: string | null;
  readonly children: readonly RichNode[];
}

export interface HumanStep {
  readonly request: string;
  readonly step: string;
  readonly title: string;
  readonly assignee: string;
  readonly instructions: readonly string[];
  readonly spot: Spot | null;
}

export interface BoardView {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly tables: readonly BoardTable[];
  readonly entries: readonly BoardEntry[];
  readonly humanSteps: readonly HumanStep[];
  /** The last calls of the app, newest first. */
  readonly calls: readonly { readonly call: string; readonly status: number }[];
}

export interface TroubleView {
  readonly systems: readonly {
    readonly id: string;
    readonly name: string;
    readonly down: boolean;
    /** One-off faults that have not hit anything yet. */
    readonly armed: number;
  }[];
  readonly worker: { readonly state: 'working' | 'killed' | 'starting'; readonly since: string };
}

/** What the browser holds, by key; messages and boards have one key each. */
export interface Parts {
  readonly workspace: WorkspaceView;
  readonly modal: OpenView | null;
  readonly home: OpenView | null;
  readonly guide: readonly GuidePath[];
  readonly troubles: TroubleView;
}

export interface Change {
  /** True: forget everything that was there before. */
  readonly whole: boolean;
  readonly set: Readonly<Record<string, unknown>>;
  readonly gone: readonly string[];
}

export type At =
  | { readonly on: 'modal' | 'home' }
  | { readonly on: 'message'; readonly channel: string; readonly ts: string };

export type Wanted = string | number | readonly string[] | null;

export interface FieldValue {
  readonly block: string;
  readonly action: string;
  readonly value: Wanted;
}

export type Act =
  | { readonly do: 'command'; readonly line: string; readonly channel: string }
  | { readonly do: 'say'; readonly text: string; readonly channel: string }
  | { readonly do: 'shortcut'; readonly id: string; readonly at?: At }
  | { readonly do: 'open-home' }
  | {
      readonly do: 'click';
      readonly at: At;
      readonly block: string;
      readonly action: string;
    }
  | ({ readonly do: 'choose'; readonly at: At } & FieldValue)
  | {
      readonly do: 'suggest';
      readonly at: At;
      readonly block: string;
      readonly action: string;
      readonly typed: string;
    }
  | { readonly do: 'submit'; readonly values: readonly FieldValue[] }
  | { readonly do: 'close'; readonly all: boolean }
  | { readonly do: 'perform'; readonly request: string; readonly step: string }
  | { readonly do: 'reveal'; readonly name: string }
  | { readonly do: 'help'; readonly act: 'open-form' | 'fill-form'; readonly kind: string }
  | {
      readonly do: 'trouble';
      readonly system: string;
      readonly what: 'down' | 'mend' | 'rate-limit' | 'lose-answer';
    }
  | { readonly do: 'worker'; readonly what: 'kill' | 'start' };

/** `message` is a sentence for the person when something did not work. */
export type Answer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly message: string };

/** What a person brings back from a step done at a vendor. */
export interface BroughtBack {
  readonly answers: readonly (readonly [label: string, value: string])[];
  readonly deposit: string | null;
}
