import { z } from 'zod';

import { FIELD } from './ids.ts';
import type { Member } from '../domain/approval.ts';
import type { AdoptionWish } from '../requests/adopt.ts';
import type { AdoptionErrors, DraftAdoption } from '../requests/validate-adoption.ts';
import type { DraftOrder, FieldErrors } from '../requests/requests.ts';
import { clip } from './text.ts';
import type { Draft } from './views/request-form.ts';

const choice = z.object({ value: z.string(), text: z.object({ text: z.string() }).optional() });

const answer = z.object({
  value: z.string().nullish(),
  selected_option: choice.nullish(),
  selected_options: z.array(choice).nullish(),
  selected_user: z.string().nullish(),
  selected_users: z.array(z.string()).nullish(),
  selected_conversation: z.string().nullish(),
});

/** `view.state.values`: block id → action id → what is filled in. */
export const stateSchema = z.object({
  values: z.record(z.string(), z.record(z.string(), answer)),
});

export type ViewState = z.infer<typeof stateSchema>;
type Answer = z.infer<typeof answer>;

/** What is filled in so far. Inputs that are not on the form are missing. */
export function readDraft(state: ViewState): Draft {
  const answers = byField(state);
  const text = (field: string) => textOf(answers.get(field));
  const list = (field: string) => answers.get(field)?.selected_options?.map(({ value }) => value);
  const draft: { [Key in keyof Draft]?: Draft[Key] | undefined } = {
    kind: text(FIELD.kind),
    address: answers.has(FIELD.address) ? (text(FIELD.address) ?? '') : undefined,
    login: text(FIELD.login),
    storedAs: text(FIELD.storedAs),
    // An emptied input is not an untouched one, whose proposal is still to come.
    localPart: answers.has(FIELD.localPart) ? (text(FIELD.localPart) ?? '') : undefined,
    purpose: text(FIELD.purpose),
    owner: text(FIELD.owner),
    secondOwner: text(FIELD.secondOwner),
    rotationDays: text(FIELD.rotationDays),
    connection: text(FIELD.connection),
    access: text(FIELD.access),
    scope: scopeOf(answers.get(FIELD.scope)),
    services: list(FIELD.services),
    process: text(FIELD.process),
    automation: text(FIELD.automation),
    target: text(FIELD.target),
    secretName: text(FIELD.secretName),
    hideFromReports: answers.has(FIELD.hideFromReports)
      ? (list(FIELD.hideFromReports) ?? []).length > 0
      : undefined,
    role: text(FIELD.role),
    permissions: list(FIELD.permissions),
  };
  return withoutMissing(draft);
}

/** The draft as the use case takes it: what every kind needs is there, if only empty. */
export function toOrder(draft: Draft): DraftOrder {
  return {
    kind: '',
    localPart: '',
    purpose: '',
    owner: '',
    rotationDays: '',
    ...draft,
  };
}

/** The same for an account that is there already. */
function toAdoption(draft: Draft): DraftAdoption {
  const { localPart: _none, ...order } = toOrder(draft);
  return { address: '', login: '', storedAs: '', ...order };
}

/** One form is one wish, however often it is sent. */
export function adoptionWish(
  draft: Draft,
  by: Member,
  {
    id,
    root_view_id: root,
  }: { readonly id: string; readonly root_view_id?: string | null | undefined },
): AdoptionWish {
  return { by, draft: toAdoption(draft), dedupeKey: root ?? id };
}

/**
 * Field errors as Slack wants them, by block. What belongs to an input that is not on the form goes
 * to the first one, so that no error is lost.
 */
export function blockErrors(
  errors: FieldErrors & AdoptionErrors,
  state: ViewState,
): Record<string, string> {
  const blocks = new Map<string, string>();
  for (const [block, actions] of Object.entries(state.values)) {
    for (const field of Object.keys(actions)) blocks.set(field, block);
  }
  const first = [...blocks.values()][0] ?? FIELD.kind;
  const found: Record<string, string> = {};
  for (const [field, sentence] of Object.entries(errors)) {
    const block = blocks.get(field) ?? first;
    const before = found[block];
    found[block] = clip(before === undefined ? sentence : `${before} ${sentence}`, 300);
  }
  return found;
}

function byField(state: ViewState): Map<string, Answer> {
  return new Map(Object.values(state.values).flatMap((actions) => Object.entries(actions)));
}

function textOf(found: Answer | undefined): string | undefined {
  if (found === undefined) return undefined;
  return found.value ?? found.selected_option?.value ?? found.selected_user ?? undefined;
}

/** The option's value is `kind|id`; its label is the name, so both limits of Slack are kept. */
function scopeOf(found: Answer | undefined): string[] | undefined {
  return found?.selected_options?.map(({ value, text }) => `${value}|${text?.text ?? value}`);
}

function withoutMissing(draft: { [Key in keyof Draft]?: Draft[Key] | undefined }): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));
}
