import { ProductError } from '../../domain/errors.ts';
import type { PipelinesClient } from './client.ts';
import type { Project } from './schema.ts';

/** @throws ProductError `not-found` with what to correct */
export async function getProject(client: PipelinesClient, project: string): Promise<Project> {
  const found = await client.findProject(project);
  if (found !== undefined) return found;
  throw new ProductError('not-found', {
    subject: project,
    message: `Azure DevOps has no project ${project}, or our account is no member of it. Correct that, then retry.`,
  });
}
