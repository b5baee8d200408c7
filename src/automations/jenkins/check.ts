import { hasCode, toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { JenkinsClient } from './client.ts';
import type { JenkinsConfig } from './schema.ts';
import { foldersIn } from './search.ts';
import { GLOBAL_DOMAIN, refuseTarget } from './target.ts';

/** A call for each; beyond it doctor would take too long. */
const MOST_CHECKED = 10;

/** Doctor: reachable, known by name, at home in the policy's folders and nowhere else. */
export async function check(
  client: JenkinsClient,
  config: JenkinsConfig,
  name: string,
): Promise<Finding[]> {
  try {
    const { name: user, anonymous } = await client.whoAmI();
    if (anonymous) {
      return [problem(name, 'Jenkins takes us for nobody.', 'Check user and api_token.')];
    }
    return [
      ok(name, `It answers and knows us as ${user}.`),
      await checkRoot(client, name),
      ...(await checkFolders(client, config, name)),
    ];
  } catch (error) {
    const { message } = toProductError(error, name);
    return [problem(name, message, 'Check base_url, user and api_token of this automation.')];
  }
}

async function checkRoot(client: JenkinsClient, name: string): Promise<Finding> {
  const subject = `${name}: whole Jenkins`;
  return (await refusedOrGone(client.findRootCredentials()))
    ? ok(subject, 'Credentials of the whole Jenkins are out of our reach.')
    : warning(
        subject,
        'Our user sees the credentials of the whole Jenkins, which is not needed.',
        'Grant it Credentials permissions in the folders of targets only.',
      );
}

async function checkFolders(
  client: JenkinsClient,
  config: JenkinsConfig,
  name: string,
): Promise<Finding[]> {
  const allowed = foldersIn(await client.items()).filter(
    (folder) => refuseTarget(config, `folder:${folder}`) === undefined,
  );
  if (allowed.length === 0) {
    return [
      problem(
        name,
        'Our user sees none of the folders that targets allows.',
        'Correct targets, or give it Job/Read there.',
      ),
    ];
  }
  const findings: Finding[] = [];
  for (const folder of allowed.slice(0, MOST_CHECKED)) {
    const place = { folder: folder.split('/'), domain: GLOBAL_DOMAIN };
    const subject = `${name}: ${folder}`;
    findings.push(
      (await refusedOrGone(client.credentials(place)))
        ? problem(
            subject,
            'Our user sees no credentials there.',
            'Grant it Credentials/View, Create, Update and Delete in that folder.',
          )
        : ok(subject, 'Our user sees its credentials.'),
    );
  }
  return findings;
}

async function refusedOrGone(call: Promise<unknown>): Promise<boolean> {
  try {
    return (await call) === undefined;
  } catch (error) {
    if (hasCode(error, 'missing-permission', 'not-found')) return true;
    throw error;
  }
}
