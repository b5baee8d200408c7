import { path } from '../../lib/http.ts';
import { shelfStore } from '../shelf.ts';
import { defineStore } from '../store.ts';
import { checkAws } from './check.ts';
import { createAwsClient } from './client.ts';
import { SYSTEM } from './failures.ts';
import { asTagValues } from './labels.ts';
import { awsConfig } from './schema.ts';
import type { AwsConfig } from './schema.ts';
import { awsShelf } from './shelf.ts';

export const awsSecretsManager = defineStore<AwsConfig>({
  id: 'aws-secrets-manager',
  name: SYSTEM,
  warning: null,
  schema: awsConfig,
  example: [
    'region: eu-central-1',
    'auth:',
    '  method: keys',
    '  access_key_id: AKIAIOSFODNN7EXAMPLE',
    '  secret_access_key: env:AWS_SECRET_ACCESS_KEY',
    '# or, on Amazon ECS: auth: { method: container, credentials_uri: env:AWS_CONTAINER_CREDENTIALS_RELATIVE_URI }',
    '# or, on Amazon EC2: auth: { method: instance }',
  ].join('\n'),
  open(config, { clock }) {
    const client = createAwsClient(config, clock);
    return shelfStore({
      id: 'aws-secrets-manager',
      system: SYSTEM,
      shelf: awsShelf(client),
      labels: asTagValues,
      check: () => checkAws(client, config),
      url: linkTo(config),
    });
  },
});

function linkTo({ link, region }: AwsConfig): (name: string) => string {
  const domain = region.startsWith('cn-') ? 'amazonaws.cn' : 'aws.amazon.com';
  const template =
    link ?? `https://{region}.console.${domain}/secretsmanager/secret?name={name}&region={region}`;
  return (name) => template.replaceAll('{region}', region).replaceAll('{name}', path`${name}`);
}
