import { toProductError } from '../../domain/errors.ts';
import { ok, problem } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { WikiClient } from './client.ts';
import type { GitLabWikiConfig } from './schema.ts';

// Developers may create and edit wiki pages: https://docs.gitlab.com/user/permissions/
const DEVELOPER = 30;

/** Is the wiki switched on, and may we write it? */
export async function checkWiki(
  client: WikiClient,
  { project }: GitLabWikiConfig,
): Promise<Finding[]> {
  const subject = `GitLab wiki: ${project}`;
  try {
    const { wiki_access_level, permissions } = await client.project();
    if (wiki_access_level === 'disabled') {
      const advice = 'In the project open Settings, General, Visibility and switch the wiki on.';
      return [problem(subject, 'The wiki of this project is switched off.', advice)];
    }
    const levels = [permissions?.project_access, permissions?.group_access].map(
      (access) => access?.access_level ?? 0,
    );
    if (permissions !== undefined && Math.max(...levels) < DEVELOPER) {
      const advice = 'Give the token’s user the role Developer in the project.';
      return [problem(subject, 'Our token may not write this wiki.', advice)];
    }
    return [ok(subject, 'We may write its pages.')];
  } catch (thrown) {
    const error = toProductError(thrown, subject);
    const advice = 'Check base_url, token and project in the configuration.';
    return [problem(subject, error.message, advice)];
  }
}
