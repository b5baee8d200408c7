import { z } from 'zod';

import { hasCode } from '../../domain/errors.ts';
import { nextName } from '../../domain/naming.ts';
import type { Secret } from '../../domain/secret.ts';
import type { HumanTask } from '../../domain/task.ts';
import { credentialName } from '../account-spec.ts';
import { keyTask, probe } from '../flow-user-steps.ts';
import { secretMeta } from '../password.ts';
import type { StepContext } from '../step.ts';

const noted = z.object({ oldKeyWorks: z.boolean() });

/** Before anybody is asked for a new key: does the present one work at all? */
export async function noteOldKey(context: StepContext): Promise<void> {
  if (context.kept !== null) return;
  const works = await storedWorks(context, credentialName(context.request));
  await context.keep({ oldKeyWorks: works });
}

/**
 * A user of Flow has one key at a time, so making the new one ended the old one: whoever goes back
 * then would have none at all. The new key takes the old one's place; when it was made and never
 * handed in, the task to do so comes back.
 */
export async function keepAKey(context: StepContext): Promise<HumanTask | undefined> {
  const { request, ports, kept } = context;
  const name = credentialName(request);
  if (await storedWorks(context, nextName(name))) {
    await takePlace(context, name);
    return undefined;
  }
  // Once the new key was stored, there is nothing noted any more: it worked then.
  const wasInUse = noted.safeParse(kept).data?.oldKeyWorks ?? kept !== null;
  if (!wasInUse || (await storedWorks(context, name))) return undefined;
  return keyTask(
    request,
    ports,
    'The old key no longer works: Flow ended it when the new one was made. Make one more and hand it in, so that the account is not left without any.',
  );
}

async function takePlace({ request, ports }: StepContext, name: string): Promise<void> {
  const { store } = ports;
  const fresh = await store.read(nextName(name));
  const { link, created } = await store.create(name, fresh, secretMeta(request));
  if (created || (await store.read(name)).equals(fresh)) return;
  await store.rotate(name, link.version, fresh);
}

async function storedWorks(context: StepContext, name: string): Promise<boolean> {
  const { store } = context.ports;
  return (await store.find(name)) !== undefined && works(context, await store.read(name));
}

async function works({ request, ports }: StepContext, key: Secret): Promise<boolean> {
  try {
    await probe(request, ports, key);
    return true;
  } catch (error) {
    if (!hasCode(error, 'verification-failed')) throw error;
    return false;
  }
}
