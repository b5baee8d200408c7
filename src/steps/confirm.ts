import { newCare } from '../domain/account.ts';
import type { Account } from '../domain/account.ts';
import { ProductError } from '../domain/errors.ts';
import { generationOf } from '../domain/operation.ts';
import { done, whenDone } from '../domain/outcome.ts';
import { factsOf } from '../domain/request.ts';
import type { Request } from '../domain/request.ts';
import { knownVendorUser } from './account-spec.ts';
import { accountPage, rotateAt } from './account-page.ts';
import { labelSecret } from './label-secret.ts';
import { pageOf, storedCredential, verificationOf } from './known-facts.ts';
import { pageFacts } from './page.ts';
import type { Step } from './step.ts';

/** Brings the page and the credential's labels to their final form; the runner then completes the request with its account. */
export const confirm: Step = {
  id: 'confirm',
  title: () => 'Confirm',
  async run({ request, ports, answers, now }) {
    const content = await accountPage(request, ports, 'active', now);
    const earlier = { link: pageOf(request) ?? null, answers };
    const outcome = await ports.knowledge.publish(content, earlier);
    const secret = storedCredential(request);
    if (outcome.kind !== 'done' || secret === undefined) return whenDone(outcome, pageFacts);
    const page = outcome.value.link;
    const known = { secret, page, rotateAt: rotateAt(request, now) };
    return done({ ...pageFacts(outcome.value), secret: await labelSecret(request, ports, known) });
  },
};

/** The account as it goes under care, drawn from the journal alone. */
export function accountFrom(request: Request, now: Date): Account {
  const secret = storedCredential(request);
  const verification = verificationOf(request);
  const page = pageOf(request);
  if (secret === undefined || verification === undefined || page === undefined) {
    throw new ProductError('internal', {
      subject: request.id,
      message: 'The account cannot be confirmed: its credential, proof or page is missing.',
    });
  }
  const { order } = request;
  const user = knownVendorUser(request);
  return {
    id: request.id,
    version: 1,
    state: 'active',
    kind: order.kind,
    connection: order.kind === 'flow-user' ? null : order.connection,
    address: order.address,
    login: user?.login ?? order.address,
    vendorUserId: user?.id ?? flowUserId(request),
    purpose: order.purpose,
    owner: order.owner,
    secondOwner: order.secondOwner,
    access: order.kind === 'flow-user' ? null : order.access,
    secret,
    page,
    verification,
    generation: generationOf(request),
    facts: {},
    care: newCare(now.toISOString()),
    rotationDays: order.rotationDays,
    rotateAt: rotateAt(request, now),
    createdAt: now.toISOString(),
  };
}

function flowUserId(request: Request): string {
  const id = factsOf(request, 'flow-sign-up')?.['flowUserId'];
  return typeof id === 'string' ? id : '';
}
