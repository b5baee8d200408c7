import type { Finding } from '../domain/finding.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Secret } from '../domain/secret.ts';
import type { AdapterDefinition } from '../lib/adapter.ts';

/** One credential in one place of a pipeline system. */
export interface Slot {
  /** As the requester chose it: "repo acme/web", "group 42". See `searchTargets`. */
  readonly target: string;
  /** Name of the secret or variable there: `FLOW_TOKEN`. */
  readonly secretName: string;
  readonly marker: string;
  /** What it is for, in the requester's words. */
  readonly process: string;
}

export interface Target {
  readonly id: string;
  readonly name: string;
}

/** Where an automation's credential goes. */
export interface Automation {
  check(): Promise<Finding[]>;
  /** Places the policy allows, best match first, at most 100. */
  searchTargets(text: string): Promise<Target[]>;
  /** Undefined when the name is fine there; else a sentence with a valid example. */
  refuseName(secretName: string): string | undefined;
  /** Undefined when the policy allows the place; else a sentence. */
  refuseTarget(target: string): string | undefined;
  /**
   * Puts the credential there, replacing only what is ours. `storeUrl` is for people who must do it
   * by hand. `answers` are a person's answers to an earlier task of this step.
   * @throws ProductError `name-taken` when something that is not ours has the name
   */
  ensure(
    slot: Slot,
    credential: Secret,
    storeUrl: string,
    answers: Readonly<Record<string, string>>,
  ): Promise<Outcome<void>>;
  /** Reads back what the API shows, as one sentence: "FLOW_TOKEN is set, masked and protected". */
  verify(slot: Slot): Promise<Outcome<string>>;
  /** Takes it away, if it is ours; quiet when it is gone. `answers` as with `ensure`. */
  remove(slot: Slot, answers?: Readonly<Record<string, string>>): Promise<Outcome<void>>;
  /** Where a person sees it; null when there is no such page. */
  url(slot: Slot): string | null;
}

export interface AutomationDefinition<Config = unknown> extends AdapterDefinition<
  Config,
  Automation
> {
  /** How the target field is explained in the modal. */
  readonly targetHint: string;
}

export function defineAutomation<Config>(
  definition: AutomationDefinition<Config>,
): AutomationDefinition<Config> {
  return definition;
}

/** Does the policy's list allow this place? `acme/*` allows everything below `acme`. */
export function isAllowed(patterns: readonly string[], place: string): boolean {
  return patterns.some((pattern) => {
    const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 'i').test(place);
  });
}
