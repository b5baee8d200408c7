/** What our application must be allowed; writing is the only one that cannot be tried out. */
const ACTIONS = [
  'getSecret/action',
  'setSecret/action',
  'update/action',
  'readMetadata/action',
  'delete',
  'purge/action',
] as const;

/**
 * The least privileges, ready to paste. Azure cannot limit a role to some names, so the vault
 * should hold nothing else.
 */
export function policyText(vaultUrl: string): string {
  const [vault = 'VAULT'] = new URL(vaultUrl).hostname.split('.');
  const role = {
    Name: 'Flow secret keeper',
    Description: 'What the Flow service accounts app needs in its own vault',
    Actions: [],
    DataActions: ACTIONS.map((action) => `Microsoft.KeyVault/vaults/secrets/${action}`),
    AssignableScopes: ['/subscriptions/SUBSCRIPTION/resourceGroups/GROUP'],
  };
  return [
    `az role definition create --role-definition '${JSON.stringify(role, null, 2)}'`,
    `az role assignment create --role 'Flow secret keeper' --assignee OUR_CLIENT_ID --scope $(az keyvault show --name ${vault} --query id --output tsv)`,
  ].join('\n');
}
