import { createHash } from 'node:crypto';

import { isLocalPart } from '../domain/naming.ts';
import { KINDS } from '../domain/request.ts';
import type { Request } from '../domain/request.ts';
import type { RoomDeps } from './deps.ts';
import { readOrigin } from './form-origin.ts';
import { readDraft } from './form-state.ts';
import { explainRefusal, refuseToAsk } from './members.ts';
import { createNewest } from './newest.ts';
import type { Filled } from './payloads.ts';
import { noticeView } from './views/notice-view.ts';
import { localPartOf, requestForm } from './views/request-form.ts';
import type { Draft } from './views/request-form.ts';

export type RefreshForm = (filled: Filled) => Promise<void>;

const MOST_REMEMBERED = 500;

/**
 * Draws the form again for what is filled in now. Typing makes many of these: one at a time per
 * form, the newest wins, and a form that would look the same is left alone.
 */
export function createFormRefresher(deps: RoomDeps): RefreshForm {
  const newest = createNewest();
  /** Of each open form: the hash that our last update replaced, the new one, and what it shows. */
  const drawn = new Map<string, { was: string; is: string; shows: string }>();

  async function refresh({ person, view }: Filled): Promise<void> {
    const refusal = await refuseToAsk(person, deps);
    if (refusal !== undefined) {
      const notice = noticeView(explainRefusal(refusal, null, deps));
      await deps.modals.update(view.id, null, notice);
      return;
    }
    const draft = readDraft(view.state);
    const similar = await similarTo(draft, deps);
    const { catalogue } = deps;
    const origin = readOrigin(view.private_metadata);
    const form = requestForm(draft, { catalogue, requester: person, similar, origin });
    const shows = createHash('sha256').update(JSON.stringify(form)).digest('base64url');
    const before = drawn.get(view.id);
    if (before?.shows === shows) return;
    // What was typed during our last update carries the hash from before it.
    const hash = before?.was === view.hash ? before.is : view.hash;
    const updated = await deps.modals.update(view.id, hash, form);
    if (updated === undefined) return;
    if (drawn.size >= MOST_REMEMBERED) drawn.clear();
    drawn.set(view.id, { was: view.hash, is: updated.hash, shows });
  }

  return (filled) => newest(filled.view.id, () => refresh(filled));
}

async function similarTo(draft: Draft, deps: RoomDeps): Promise<Request[]> {
  const kind = KINDS.find((id) => id === draft.kind);
  if (kind === undefined) return [];
  const localPart = localPartOf(kind, draft);
  if (!isLocalPart(localPart)) return [];
  return deps.requests.similar(localPart, draft.purpose ?? '');
}
