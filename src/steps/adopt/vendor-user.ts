import { ProductError } from '../../domain/errors.ts';
import { done, human } from '../../domain/outcome.ts';
import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import type { VendorUser } from '../../vendors/vendor.ts';
import { accountSpec, connectionOf } from '../account-spec.ts';
import type { Connection } from '../ports.ts';
import type { Step } from '../step.ts';

const ID_FIELD = 'vendor_id';

/** Finds the account by its login; where the vendor does not tell, a person says which it is. */
export const adoptedVendorUser: Step = {
  id: 'vendor-user',
  title: (_request, names) => `Find the ${names.vendor} account`,
  async run({ request, ports, answers }) {
    const connection = connectionOf(request, ports);
    const { login } = accountSpec(request, ports);
    const { findByLogin } = connection.vendor;
    const found = findByLogin === undefined ? asAnswered(login, answers) : await findByLogin(login);
    if (found !== undefined) return done({ ...found, password: null, adopted: true });
    if (findByLogin === undefined) return human(askForId(login, connection));
    throw new ProductError('not-found', {
      subject: login,
      message: `${connection.name} knows no account ${login} that could be adopted. Undo this request and ask again with the right login.`,
    });
  },
};

function asAnswered(
  login: string,
  answers: Readonly<Record<string, string>>,
): VendorUser | undefined {
  const id = answers[ID_FIELD]?.trim() ?? '';
  return id === '' ? undefined : { id, login, url: null };
}

function askForId(login: string, { name }: Connection): HumanTask {
  return humanTask({
    id: 'name-account',
    title: `Say which account ${login} is at ${name}`,
    role: 'vendor-admin',
    instructions: [
      `${name} does not let the app look for an account by its login.`,
      `Open the account ${login} in the administration of ${name}, and copy its id.`,
      'Press "Done" and enter it. The next step proves with the credential whose it is.',
    ],
    fields: [
      {
        id: ID_FIELD,
        label: 'Id of the account',
        hint: 'As the vendor’s API calls it; no password and no token',
        example: '557058:2d8f9a11',
      },
    ],
    pollMs: null,
  });
}
