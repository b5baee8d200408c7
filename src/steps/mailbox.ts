import { z } from 'zod';

import { whenDone } from '../domain/outcome.ts';
import { mailboxSpec } from './address.ts';
import type { Step } from './step.ts';

const challengeSchema = z.object({
  codeHash: z.string(),
  sentAt: z.string(),
  expiresAt: z.string(),
  refusedSince: z.string().optional(),
  sends: z.number(),
});

/** Proves that mail to the address arrives, before any vendor is told of it. */
export const mailbox: Step = {
  id: 'mailbox',
  title: () => 'Prove that mail to it arrives',
  async run({ request, ports, answers, kept, keep }) {
    const challenge = challengeSchema.safeParse(kept?.['challenge']).data ?? null;
    const outcome = await ports.mailboxes.prove(
      mailboxSpec(request),
      challenge,
      answers,
      (challenge) => keep({ challenge }),
    );
    return whenDone(outcome, (proof) => ({ how: proof.how, at: proof.at }));
  },
};
