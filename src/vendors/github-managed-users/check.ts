import { toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { openClientAs } from '../../lib/github-client.ts';
import { checkExpiry, checkOrganisation, compareRights } from '../../lib/github-doctor.ts';
import type { ManagedUsersContext } from './context.ts';

const SCIM_SCOPES: readonly string[] = ['scim:enterprise'];

/** Doctor: the organisation's credential, then the one that makes users. */
export async function check(context: ManagedUsersContext): Promise<Finding[]> {
  return [...(await checkOrganisation(context)), ...(await checkProvisioning(context))];
}

async function checkProvisioning(context: ManagedUsersContext): Promise<Finding[]> {
  const { config, scim, org } = context;
  const subject = `${context.name}: provisioning`;
  if (scim === null || config.scim === 'idp') {
    return [ok(subject, 'Users come from the identity provider; a person makes them there.')];
  }
  try {
    const whoami = await openClientAs(context, config.scim.token, org).whoami();
    await scim.probe();
    return [
      ok(subject, `The users of the enterprise ${config.enterprise} can be listed.`),
      ...compareRights(`${subject}: scopes`, SCIM_SCOPES, whoami.scopes ?? []),
      ...checkExpiry({ ...context, name: subject }, whoami.expiresAt),
    ];
  } catch (error) {
    const { message } = toProductError(error, context.name);
    const advice =
      'Check enterprise and scim of this connection. The token is a classic one of the setup user, with the scope scim:enterprise.';
    return [problem(subject, message, advice)];
  }
}
