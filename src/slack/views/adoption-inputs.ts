import type { KnownBlock } from '@slack/types';

import type { Kind } from '../../domain/request.ts';
import type { Catalogue } from '../catalogue.ts';
import { FIELD } from '../ids.ts';
import { input, textInput } from './inputs.ts';

/** Which account it is that is there already, and where its credential is. */
export function adoptionInputs(kind: Kind, { storeName }: Catalogue): KnownBlock[] {
  const login = input(
    {
      field: FIELD.login,
      label: 'Its login at the vendor',
      hint: 'As the vendor shows it. The app finds the account by it.',
    },
    textInput({ field: FIELD.login, max: 254, example: 'flow-bot' }),
  );
  return [
    input(
      {
        field: FIELD.address,
        label: 'Its e-mail address',
        hint: 'The address it has today; the app does not make one.',
      },
      textInput({ field: FIELD.address, max: 254, example: 'flow-bot@example.com' }),
    ),
    // The login of a user of Flow is its address.
    ...(kind === 'flow-user' ? [] : [login]),
    input(
      {
        field: FIELD.storedAs,
        label: 'Where its credential is',
        hint: `The name of the secret in ${storeName}, beginning with flow-. Leave it empty and the owner is asked to hand it in. Never the credential itself.`,
        optional: true,
      },
      textInput({ field: FIELD.storedAs, max: 127, example: 'flow-bot-token' }),
    ),
  ];
}
