import { ProductError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { failure } from './schema.ts';

export const SYSTEM = 'Azure Key Vault';

const UNDER_WAY = [
  'unavailable',
  'Azure is still deleting or restoring this secret. It will be tried again.',
] as const;

// https://learn.microsoft.com/azure/key-vault/general/rest-error-codes; by the inner name first.
const MEANING: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  SecretDisabled: ['conflict', 'This secret was disabled in Azure Key Vault by hand.'],
  ObjectIsDeletedButRecoverable: [
    'conflict',
    'A deleted secret of this name is still in the vault. Recover or purge it, then retry.',
  ],
  ObjectIsBeingDeleted: UNDER_WAY,
  ObjectIsBeingRecovered: UNDER_WAY,
  ForbiddenByFirewall: [
    'invalid-config',
    'The vault’s firewall does not let this machine in. Add its address to the vault’s networks.',
  ],
  SecretNotFound: ['not-found', 'Azure Key Vault has no such secret.'],
  Unauthorized: ['unauthenticated', 'Azure Key Vault no longer accepts our token.'],
  Forbidden: [
    'missing-permission',
    'Azure Key Vault does not allow this with our role. Run `doctor`: it prints the role that is needed.',
  ],
  BadParameter: ['refused', 'Azure Key Vault refused what we wrote.'],
};

export function explain({ status, body }: HttpAnswer): ProductError | undefined {
  const parsed = failure.safeParse(body);
  if (!parsed.success) return undefined;
  const { code: outer, innererror } = parsed.data.error;
  const [code, message] = MEANING[innererror?.code ?? ''] ?? MEANING[outer] ?? [];
  if (code !== undefined && message !== undefined) {
    return new ProductError(code, { subject: SYSTEM, message });
  }
  if (status !== 404) return undefined;
  // Only "SecretNotFound" says that there is no such secret.
  return new ProductError('invalid-config', {
    subject: SYSTEM,
    message: 'Nothing answers as a vault there. Check `vault_url`.',
  });
}
