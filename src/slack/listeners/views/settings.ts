import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';

import { refuseMember } from '../../../domain/approval.ts';
import { toProductError } from '../../../domain/errors.ts';
import type { Chosen } from '../../../requests/settings.ts';
import type { RoomDeps } from '../../deps.ts';
import type { ViewState } from '../../form-state.ts';
import { SETTING } from '../../ids.ts';
import { adminOf, explainRefusal } from '../../members.ts';
import { readFilled } from '../../payloads.ts';
import type { Filled } from '../../payloads.ts';
import { errorWords } from '../../sentences.ts';
import { clip, say } from '../../text.ts';
import { noticeView } from '../../views/notice-view.ts';
import { withinPatience } from './on-submit.ts';

type Args = SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs;

type Answer =
  | { readonly response_action: 'errors'; readonly errors: Record<string, string> }
  | { readonly response_action: 'update'; readonly view: ModalView };

const SLOW = say`This takes longer than usual. “settings” shows in a moment whether it was saved.`;

export async function submitSettings({ ack, body }: Args, deps: RoomDeps): Promise<void> {
  const filled = readFilled(body);
  const work = save(filled, deps).catch((error: unknown): Answer => {
    deps.log.error({ err: error }, 'Settings could not be saved');
    return show(say`${errorWords(toProductError(error, 'Slack'))}`);
  });
  await ack((await withinPatience(work)) ?? show(SLOW));
  await work;
}

async function save({ person, view }: Filled, deps: RoomDeps): Promise<Answer> {
  const wanted = readChosen(view.state);
  const errors = await faultsOf(wanted, deps);
  if (Object.keys(errors).length > 0) return { response_action: 'errors', errors };
  // Asked anew: the modal may have been open since before somebody stopped being an admin.
  const refusal = await deps.settings.save(await adminOf(person, deps), wanted);
  if (refusal !== undefined) return show(explainRefusal(refusal, null, deps));
  return show(
    say`*Saved.* It holds for new requests from now on. “doctor” tells whether the app can write to the channel and whether those named can decide.`,
  );
}

function show(text: Parameters<typeof noticeView>[0]): Answer {
  return { response_action: 'update', view: noticeView(text, 'Settings') };
}

function readChosen(state: ViewState): Chosen {
  const field = (name: string) => state.values[name]?.[name];
  return {
    channel: field(SETTING.channel)?.selected_conversation ?? null,
    approvers: {
      users: field(SETTING.users)?.selected_users ?? [],
      groups: (field(SETTING.groups)?.selected_options ?? []).map(({ value }) => value),
    },
  };
}

/** By block; only inputs that are on the form can be wrong. */
async function faultsOf(
  { approvers }: Chosen,
  { settings, directory }: RoomDeps,
): Promise<Record<string, string>> {
  if (settings.file.openRules.length === 0) return {};
  const { users, groups } = approvers;
  if (users.length + groups.length === 0) {
    return { [SETTING.users]: 'Choose at least one person or user group.' };
  }
  const members = await Promise.all(users.map((id) => directory.member(id, [])));
  const wrong = members.some(
    (member) => member === undefined || refuseMember(member, directory.teamId) !== undefined,
  );
  const sentence = 'Choose only full, active members of this workspace.';
  return wrong ? { [SETTING.users]: clip(sentence, 300) } : {};
}
