import { hasCode } from '../../domain/errors.ts';
import { tokenName } from '../../domain/naming.ts';
import { accountIdOf } from '../../domain/operation.ts';
import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Facts, Request } from '../../domain/request.ts';
import type { Secret } from '../../domain/secret.ts';
import { humanTask } from '../../domain/task.ts';
import { credentialName } from '../account-spec.ts';
import { claim, storeDeposit } from '../credential.ts';
import { depositTask } from '../deposit-task.ts';
import { mayNotRead } from '../obstacles.ts';
import type { Ports } from '../ports.ts';
import type { Step, StepContext } from '../step.ts';
import { verifyCredential } from '../verify.ts';

/**
 * Brings the account's present credential to where the app keeps it: copied from another name in
 * the store, or handed in by a person. It is used before it is believed, like a new one.
 */
export function adoptedCredential(id: 'credential' | 'flow-key'): Step {
  return {
    id,
    title: (_request, names) => `Take over its credential in ${names.store}`,
    async run(context) {
      const name = credentialName(context.request);
      const tried = await tryStored(name, context);
      if (tried.kind === 'good') return done(await factsOf(tried, name, context));
      const copied = await tryNamed(context);
      if (copied.kind === 'good') {
        await storeVerified(copied.value, context);
        return done(await factsOf(copied, name, context));
      }
      const why = [tried, copied].flatMap((one) => (one.kind === 'bad' ? [one.why] : []));
      return askForIt(context, why.length === 0 ? null : why.join(' '));
    },
    async accept(context, credential) {
      await verifyCredential(context.request, context.ports, credential, context.now);
      await storeVerified(credential, context);
    },
    // Only our copy goes; the credential itself was there before and stays good.
    async undo({ request, ports }) {
      await ports.store.remove(credentialName(request));
      return done(undefined);
    },
  };
}

interface Good {
  readonly kind: 'good';
  readonly value: Secret;
  readonly expiresAt: string | null;
}

type Tried = Good | { readonly kind: 'bad'; readonly why: string } | { readonly kind: 'absent' };

async function tryStored(name: string, context: StepContext): Promise<Tried> {
  const { request, ports, now } = context;
  if ((await ports.store.find(name)) === undefined) return { kind: 'absent' };
  const value = await ports.store.read(name);
  try {
    const { expiresAt } = await verifyCredential(request, ports, value, now);
    return { kind: 'good', value, expiresAt };
  } catch (error) {
    // Only this says that the credential is wrong; any other failure is about the way to it.
    if (!hasCode(error, 'verification-failed')) throw error;
    return { kind: 'bad', why: `The value under ${name} was tried. ${error.message}` };
  }
}

async function tryNamed(context: StepContext): Promise<Tried> {
  const { operation } = context.request;
  const storedAs = operation.kind === 'adopt' ? operation.storedAs : null;
  if (storedAs === null) return { kind: 'absent' };
  const tried = await tryStored(storedAs, context).catch((error: unknown): Tried => {
    if (!hasCode(error, 'missing-permission')) throw error;
    return { kind: 'bad', why: mayNotRead(storedAs, context.ports) };
  });
  if (tried.kind !== 'absent') return tried;
  const why = `There is nothing under ${storedAs} in ${context.ports.storeName}.`;
  return { kind: 'bad', why };
}

function storeVerified(value: Secret, { request, ports, now }: StepContext): Promise<void> {
  const verify = (present: Secret) => verifyCredential(request, ports, present, now);
  return storeDeposit(request, ports, credentialName(request), value, verify);
}

async function factsOf(
  { value, expiresAt }: Good,
  name: string,
  { request, ports }: StepContext,
): Promise<Facts> {
  await claim(request, ports, name, value);
  const secret = await ports.store.find(name);
  // Its name at the vendor is not known; see `revokeCredential`.
  return { secret, tokenName: tokenName(accountIdOf(request), 1), expiresAt, adopted: true };
}

function askForIt({ request, ports }: StepContext, finding: string | null): Outcome<Facts> {
  const task = humanTask({
    id: 'hand-in-credential',
    title: `Hand in the credential of ${whose(request)}`,
    role: 'owner',
    instructions: [
      `Find the credential that ${whose(request)} uses today; if nobody has it any more, make a new one.`,
      ...rights(request, ports),
    ],
    finding,
    pollMs: null,
  });
  return human(depositTask(task, credentialName(request), ports, finding));
}

function whose({ operation, order }: Request): string {
  return operation.kind === 'adopt' ? operation.login : order.address;
}

/** What verification will demand of it. */
function rights({ order }: Request, ports: Ports): string[] {
  if (order.kind === 'flow-user') return [];
  const profile = ports.connections.get(order.connection)?.vendor.profile(order);
  if (profile === undefined || profile.tokenScopes.length === 0) return [];
  return [`It must have exactly these scopes: ${profile.tokenScopes.join(', ')}.`];
}
