import type { KnownBlock, ModalView } from '@slack/types';

import type { Kind, Request } from '../../domain/request.ts';
import { KINDS as KIND_IDS } from '../../domain/request.ts';
import { isLocalPart, PROPOSED_LOCAL_PART } from '../../domain/naming.ts';
import type { DraftAdoption } from '../../requests/validate-adoption.ts';
import type { DraftOrder } from '../../requests/requests.ts';
import { button, context, plain, section } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { writeOrigin } from '../form-origin.ts';
import type { FormOrigin } from '../form-origin.ts';
import { ACTION, FIELD, VIEW } from '../ids.ts';
import { KINDS, STATES } from '../sentences.ts';
import { joinUpTo, person, say, words } from '../text.ts';
import { adoptionInputs } from './adoption-inputs.ts';
import { input, radio, select, textInput } from './inputs.ts';
import { kindBlocks } from './request-form-kinds.ts';

export interface FormData {
  readonly catalogue: Catalogue;
  /** Proposed as owner. */
  readonly requester: string;
  /** What has the same address or purpose already. */
  readonly similar: readonly Request[];
  /** Where it was opened from; the form carries it along. */
  readonly origin?: FormOrigin | undefined;
}

/** What is filled in so far; a fresh form knows at most the kind. */
export type Draft = Partial<DraftOrder & DraftAdoption>;

/**
 * The form as it must look for what is filled in so far: kind first, the rest follows from it.
 * Slack itself keeps what was typed into blocks that stay, so it is not repeated here.
 */
export function requestForm(draft: Draft, data: FormData): ModalView {
  const kind = KIND_IDS.find((id) => id === draft.kind);
  const blocks =
    kind === undefined
      ? [kindInput(undefined)]
      : [kindInput(kind), ...kindBlocks(kind, draft, data.catalogue), ...shared(kind, draft, data)];
  return {
    type: 'modal',
    callback_id: VIEW.request,
    ...(data.origin === undefined || Object.keys(data.origin).length === 0
      ? {}
      : { private_metadata: writeOrigin(data.origin) }),
    title: plain(data.origin?.adopting === true ? 'Adopt an account' : 'Flow service account', 24),
    submit: plain(kind === undefined ? 'Continue' : 'Send request', 24),
    close: plain('Close', 24),
    blocks,
  };
}

function kindInput(kind: Kind | undefined): KnownBlock {
  const choices = KIND_IDS.map((value) => ({ value, ...KINDS[value] }));
  return input(
    { field: FIELD.kind, label: 'What is the account for?', dispatch: true },
    radio(FIELD.kind, choices, kind),
  );
}

function shared(kind: Kind, draft: Draft, data: FormData): KnownBlock[] {
  const name =
    data.origin?.adopting === true
      ? adoptionInputs(kind, data.catalogue)
      : [localPartInput(kind, draft), context(preview(localPartOf(kind, draft), data.catalogue))];
  return [
    ...name,
    purposeInput(data.origin?.purpose),
    ...similarBlocks(data.similar),
    ...ownerInputs(data.requester),
    rotationInput(data.catalogue),
    { type: 'actions', elements: [tryButton] },
  ];
}

const tryButton = button({
  id: ACTION.dryRun,
  label: 'Try without changes',
  spoken: 'Try without changes: shows what this request would do',
  value: 'create',
});

/** What was typed, unless that is only the proposal for another kind. */
export function localPartOf(kind: Kind, draft: Draft): string {
  const typed = draft.localPart;
  const proposals = Object.values(PROPOSED_LOCAL_PART);
  return typed === undefined || proposals.includes(typed) ? PROPOSED_LOCAL_PART[kind] : typed;
}

function localPartInput(kind: Kind, draft: Draft): KnownBlock {
  return input(
    {
      field: FIELD.localPart,
      dependsOn: kind,
      label: 'Name of the service address',
      hint: 'The part before the @. Use it for this purpose alone.',
      dispatch: true,
    },
    textInput({
      field: FIELD.localPart,
      max: 40,
      value: localPartOf(kind, draft),
      example: PROPOSED_LOCAL_PART[kind],
      eachKey: true,
    }),
  );
}

function preview(localPart: string, catalogue: Catalogue) {
  if (localPart === '') return say`The address appears here as you type.`;
  if (isLocalPart(localPart)) {
    return say`Address: *${words(catalogue.address(localPart), 200)}*`;
  }
  return say`“${words(localPart, 60)}” cannot be an address. Use lower-case letters, digits, dots, dashes and underscores, for example flow-integrations.`;
}

function purposeInput(proposed: string | undefined): KnownBlock {
  return input(
    {
      field: FIELD.purpose,
      label: 'Purpose',
      hint: 'Why it is needed and what it will read. The approvers and the knowledge page show this.',
      dispatch: true,
    },
    textInput({
      field: FIELD.purpose,
      max: 1000,
      value: proposed,
      multiline: true,
      eachKey: true,
      example: 'Connect Flow to the repositories of the platform group',
    }),
  );
}

function similarBlocks(similar: readonly Request[]): KnownBlock[] {
  if (similar.length === 0) return [];
  const lines = similar.map(
    (request) =>
      say`• ${request.id}, ${words(request.order.address, 120)}, owner ${person(request.order.owner)}: ${STATES[request.state]}`,
  );
  return [
    section(
      say`:warning: *An account with the same purpose or address exists.* Please check whether it serves your need before you ask for another one.\n${joinUpTo(lines, 1500)}`,
    ),
  ];
}

function ownerInputs(requester: string): KnownBlock[] {
  return [
    input(
      {
        field: FIELD.owner,
        label: 'Owner',
        hint: 'Answers for the account and is asked when it needs a person.',
      },
      { type: 'users_select', action_id: FIELD.owner, initial_user: requester },
    ),
    input(
      {
        field: FIELD.secondOwner,
        label: 'Second owner',
        hint: 'Steps in when the owner is away or leaves.',
        optional: true,
      },
      {
        type: 'users_select',
        action_id: FIELD.secondOwner,
        placeholder: plain('Choose a person', 150),
      },
    ),
  ];
}

function rotationInput(catalogue: Catalogue): KnownBlock {
  const choices = catalogue.rotationDays.map((days) => ({
    value: String(days),
    label: `Every ${days} days`,
  }));
  return input(
    { field: FIELD.rotationDays, label: 'Renew the credential' },
    select(FIELD.rotationDays, choices, 'Choose a period', choices[0]?.value),
  );
}
