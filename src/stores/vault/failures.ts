import { ProductError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { HttpAnswer } from '../../lib/http.ts';
import { deletedValue, failure } from './schema.ts';

export const VAULT = 'Vault';

/** Vault's failure answers by meaning. Its texts are matched but never passed on. */
export function explain(answer: HttpAnswer): ProductError | undefined {
  const parsed = failure.safeParse(answer.body);
  const text = parsed.success ? parsed.data.errors.join(' ') : '';
  switch (answer.status) {
    case 400:
      return explainRefusal(text);
    case 403:
      return text.includes('invalid token')
        ? error('unauthenticated', 'Vault no longer accepts our token. Give the app a new one.')
        : error(
            'missing-permission',
            'Vault does not allow this with our policy. Run `doctor`: it prints the policy that is needed.',
          );
    case 404:
      return explainMissing(answer, parsed.success ? parsed.data.errors : undefined);
    case 503:
      return error(
        'unavailable',
        text.includes('sealed')
          ? 'Vault is sealed. Somebody who holds its unseal keys must unseal it.'
          : 'Vault is not available at the moment.',
      );
    default:
      return undefined;
  }
}

function explainRefusal(text: string): ProductError | undefined {
  if (text.includes('check-and-set parameter did not match')) {
    return error('conflict', 'Vault holds another version of this secret than expected.');
  }
  if (
    /role .* could not be found|error validating token|claim .* does not match|service account name not authorized/i.test(
      text,
    )
  ) {
    return error(
      'unauthenticated',
      'Vault did not accept our JWT. Check the role, its bound audience and claims, and that the JWT has not expired.',
    );
  }
  if (/invalid (?:role|secret)|failed to validate (?:credentials|SecretID)/i.test(text)) {
    return error(
      'unauthenticated',
      'Vault did not accept our AppRole. Check role_id and make a new secret_id if it has expired.',
    );
  }
  return undefined;
}

function explainMissing(answer: HttpAnswer, errors: string[] | undefined): ProductError {
  if (deletedValue.safeParse(answer.body).success) {
    return error('conflict', 'This secret was deleted in Vault by hand.');
  }
  // KV answers an empty list for an absent secret. Anything else is a wrong path or a proxy.
  if (errors?.length === 0) return error('not-found', 'Vault has no such secret.');
  return error(
    'invalid-config',
    'Vault has nothing at the configured path. Check address, namespace and mount.',
  );
}

function error(code: ErrorCode, message: string): ProductError {
  return new ProductError(code, { subject: VAULT, message });
}
