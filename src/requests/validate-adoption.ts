import type { AdoptOperation } from '../domain/operation.ts';
import type { Order } from '../domain/request.ts';
import type { Ports } from '../steps/ports.ts';
import type { DraftOrder } from './requests.ts';
import { fieldsWithSecrets, TYPED_SECRET } from './typed-secret.ts';
import { validateOrder } from './validate-order.ts';

/** An account that is there already, as a form or a file describes it; not yet trusted. */
export interface DraftAdoption extends Omit<DraftOrder, 'localPart'> {
  readonly address: string;
  /** Empty for a user of Flow, whose login is its address. */
  readonly login: string;
  /** Its name in the secret store; empty when a person hands the credential in. */
  readonly storedAs: string;
}

/** Field → sentence with a valid example. */
export type AdoptionErrors = Partial<Record<keyof DraftAdoption, string>>;

type Validated =
  | { readonly kind: 'valid'; readonly order: Order; readonly operation: AdoptOperation }
  | { readonly kind: 'invalid'; readonly errors: AdoptionErrors };

/** The order is checked like any other; the address and the login are what they are. */
export function validateAdoption(draft: DraftAdoption, ports: Ports): Validated {
  const address = draft.address.trim().toLowerCase();
  const login = draft.kind === 'flow-user' ? address : draft.login.trim();
  const storedAs = draft.storedAs.trim();
  const validated = validateOrder({ ...draft, localPart: 'adopted' }, ports);
  const errors = { ...errorsOf(validated), ...identityErrors({ address, login, storedAs }) };
  if (validated.kind === 'invalid' || Object.keys(errors).length > 0) {
    return { kind: 'invalid', errors };
  }
  const localPart = address.slice(0, address.indexOf('@'));
  return {
    kind: 'valid',
    order: { ...validated.order, localPart, address },
    operation: { kind: 'adopt', login, storedAs: storedAs === '' ? null : storedAs },
  };
}

function errorsOf(validated: ReturnType<typeof validateOrder>): AdoptionErrors {
  if (validated.kind === 'valid') return {};
  const { localPart: _placeholder, ...errors } = validated.errors;
  return errors;
}

// Any address that a mail system takes, with a domain; it is not ours to choose.
const ADDRESS = /^[^\s@<>"]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/u;
const LOGIN = /^[^\s<>]{1,254}$/u;
const STORED_AS = /^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$/u;
/** Names that the app gives by itself belong to accounts that are under care already. */
const OURS = /^flow-sa-/iu;

type Identity = Pick<DraftAdoption, 'address' | 'login' | 'storedAs'>;

function identityErrors({ address, login, storedAs }: Identity): AdoptionErrors {
  const secret = fieldsWithSecrets({ address, login, storedAs });
  const say = (field: keyof Identity, sentence: string | undefined): AdoptionErrors => {
    if (secret.includes(field)) return { [field]: TYPED_SECRET };
    return sentence === undefined ? {} : { [field]: sentence };
  };
  return {
    ...say(
      'address',
      ADDRESS.test(address)
        ? undefined
        : 'Give its whole e-mail address, for example flow-bot@example.com.',
    ),
    ...say(
      'login',
      LOGIN.test(login) ? undefined : 'Give its login at the vendor, for example flow-bot.',
    ),
    ...say('storedAs', storedAs === '' ? undefined : refuseName(storedAs)),
  };
}

function refuseName(storedAs: string): string | undefined {
  if (OURS.test(storedAs)) return 'That name belongs to an account that is under care already.';
  return STORED_AS.test(storedAs)
    ? undefined
    : 'Use the name of one secret in the app’s own folder, for example flow-bot-token; leave it empty to hand the credential in.';
}
