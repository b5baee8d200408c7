/** A token for one vault and nothing else, ready to paste; the server's name is theirs to fill in. */
export function policyText(vault: string): string {
  return `op connect token create flow-service-accounts --server YOUR_CONNECT_SERVER --vault ${vault},rw`;
}
