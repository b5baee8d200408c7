/** What our service account must be allowed, by the permission that one call each needs. */
const NEEDED = [
  'secretmanager.secrets.get',
  'secretmanager.secrets.update',
  'secretmanager.secrets.delete',
  'secretmanager.secrets.getIamPolicy',
  'secretmanager.versions.get',
  'secretmanager.versions.access',
  'secretmanager.versions.add',
] as const;

const CREATE = 'secretmanager.secrets.create';

/**
 * The least privileges, ready to paste. Creating is asked of the project, where no condition on a
 * secret's name can hold; so it is a role of its own.
 */
export function policyText(project: string, member: string): string {
  return [
    `gcloud iam roles create flowSecretCreator --project=${project} --permissions=${CREATE}`,
    `gcloud iam roles create flowSecretKeeper --project=${project} --permissions=${NEEDED.join(',')}`,
    `gcloud projects add-iam-policy-binding ${project} --member='${member}' --role=projects/${project}/roles/flowSecretCreator --condition=None`,
    `gcloud projects add-iam-policy-binding ${project} --member='${member}' --role=projects/${project}/roles/flowSecretKeeper --condition='title=flow-only,expression=resource.name.extract("/secrets/{name}").startsWith("flow-")'`,
  ].join('\n');
}

const READS = /^roles\/(?:owner|editor|viewer|secretmanager\.(?:admin|secretAccessor))$/;

interface Binding {
  readonly role: string;
  readonly members?: readonly string[] | undefined;
}

/**
 * Who may read a secret through its own policy although nobody said that they should. What a
 * custom role allows is not known here, so it counts as well.
 */
export function strangersIn(bindings: readonly Binding[], readers: readonly string[]): string[] {
  const members = bindings
    .filter(({ role }) => READS.test(role) || /^(?:projects|organizations)\//.test(role))
    .flatMap(({ members = [] }) => members);
  return [...new Set(members)].filter((member) => !readers.includes(member));
}
