import { z } from 'zod';

import { Secret } from '../domain/secret.ts';
import type { DepositFault } from './deposit-pages.ts';

interface DepositForm {
  readonly code: string;
  readonly credential: Secret;
}

const CODE = 'Type the six digits that Slack showed you.';
const EMPTY = 'Paste the value; this field was empty.';
const BROKEN = 'The value has a line break or another invisible sign inside. Copy it again.';

const FORM = z.object({
  code: z
    .string(CODE)
    .transform((text) => text.replaceAll(/\s/g, ''))
    .pipe(z.string().regex(/^\d{6}$/, CODE)),
  credential: z
    .string(EMPTY)
    .trim()
    .min(1, EMPTY)
    .refine((text) => !/[\p{Cc}\p{Cf}]/u.test(text), BROKEN)
    .transform((text) => new Secret(text)),
});

/** Reads the posted form; the credential leaves here only as a `Secret`. */
export function parseDepositForm(
  body: Buffer,
): { readonly form: DepositForm } | { readonly faults: readonly DepositFault[] } {
  const parsed = FORM.safeParse(Object.fromEntries(new URLSearchParams(body.toString('utf8'))));
  if (parsed.success) return { form: parsed.data };
  return {
    faults: parsed.error.issues.map(({ path, message }) => ({
      field: path[0] === 'code' ? 'code' : 'credential',
      message,
    })),
  };
}
