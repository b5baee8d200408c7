import type { SecretLink } from '../../domain/account.ts';
import { ProductError } from '../../domain/errors.ts';
import { nextName, previousName } from '../../domain/naming.ts';
import { done } from '../../domain/outcome.ts';
import type { Request } from '../../domain/request.ts';
import type { Secret } from '../../domain/secret.ts';
import { credentialName } from '../account-spec.ts';
import { secretMeta } from '../password.ts';
import type { Ports } from '../ports.ts';
import type { Step } from '../step.ts';

/**
 * The new credential becomes the stored one, as its next version. The old one is kept beside it
 * first, because until it is revoked it is the way back.
 */
export const promote: Step = {
  id: 'promote',
  title: (_request, names) => `Make it the current version in ${names.store}`,

  async run({ request, ports }) {
    const name = credentialName(request);
    const fresh = await ports.store.read(nextName(name));
    const link = await ports.store.find(name);
    // Somebody has deleted the old one by hand: there is nothing to keep.
    if (link === undefined) {
      return done({ secret: (await ports.store.create(name, fresh, secretMeta(request))).link });
    }
    const present = await ports.store.read(name);
    if (present.equals(fresh)) return done({ secret: link });
    await keepBeside(previousName(name), present, request, ports);
    return done({ secret: await ports.store.rotate(name, link.version, fresh) });
  },

  async undo({ request, ports }) {
    const name = credentialName(request);
    if ((await ports.store.find(previousName(name))) === undefined) return done(undefined);
    if (request.order.kind === 'flow-user') {
      // Flow has ended the old key: the new one stays.
      await ports.store.remove(previousName(name));
      return done(undefined);
    }
    const old = await ports.store.read(previousName(name));
    const link = await requireLink(name, ports);
    if (!(await ports.store.read(name)).equals(old)) {
      await ports.store.rotate(name, link.version, old);
    }
    await ports.store.remove(previousName(name));
    return done(undefined);
  },
};

/** What an earlier rotation may have left under that name is history and gives way. */
async function keepBeside(
  name: string,
  value: Secret,
  request: Request,
  ports: Ports,
): Promise<void> {
  const { link, created } = await ports.store.create(name, value, secretMeta(request));
  if (created || (await ports.store.read(name)).equals(value)) return;
  await ports.store.rotate(name, link.version, value);
}

async function requireLink(name: string, ports: Ports): Promise<SecretLink> {
  const link = await ports.store.find(name);
  if (link !== undefined) return link;
  throw new ProductError('not-found', {
    subject: name,
    message: `${name} is no longer in ${ports.storeName}; its former value is still kept as ${previousName(name)}. Restore it, then try again.`,
  });
}
