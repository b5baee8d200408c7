import { toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { DocsClient } from './client.ts';
import type { GitHubDocsConfig } from './schema.ts';

/** May pages be written there, and does it take a pull request? */
export async function checkDocs(
  client: DocsClient,
  { repository, branch, path }: GitHubDocsConfig,
  needsPull: () => Promise<boolean>,
): Promise<Finding[]> {
  const subject = `GitHub: ${repository}`;
  try {
    const { permissions, archived } = await client.repository();
    if (archived) {
      const advice = 'Unarchive the repository, or name another one in the configuration.';
      return [problem(subject, 'The repository is archived and cannot be written.', advice)];
    }
    if (permissions?.push === false) {
      const advice =
        'Give the App or token write access to Contents and Pull requests of this repository.';
      return [problem(subject, 'Our credential may not write to the repository.', advice)];
    }
    const how = (await needsPull())
      ? `Pages go to ${path} by pull requests: ${branch} is protected.`
      : `Pages are committed to ${path} on ${branch}.`;
    return [ok(subject, how)];
  } catch (thrown) {
    const error = toProductError(thrown, subject);
    const advice = 'Check repository, branch and auth in the configuration.';
    return [problem(subject, error.message, advice)];
  }
}
