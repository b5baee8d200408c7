import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import type { Fault } from '../../src/sandbox/kit/faults.ts';
import { awsSecretsManager } from '../../src/stores/aws-secrets-manager/index.ts';
import { openSandbox } from '../../src/stores/aws-secrets-manager/sandbox.ts';
import type { AwsSandbox, Rule } from '../../src/stores/aws-secrets-manager/sandbox.ts';
import { signedHeaders } from '../../src/stores/aws-secrets-manager/sign.ts';
import type { SecretStore } from '../../src/stores/store.ts';
import { describeStore, describeStoreWithPeople } from '../contracts/store-contract.ts';
import type { StoreHarness } from '../contracts/store-contract.ts';
import { NO_TABLE } from './tables.ts';

const NAME = 'flow-sa-7k3f9q-token';
const META = { marker: 'flow-sa-7k3f9q', owner: 'U0OWNER' };

let time = new Date('2026-11-23T09:00:00Z');
const clock = { now: () => time };
const lines: string[] = [];
const log = createLog('trace', { write: (line) => lines.push(line) });

function openStore(sandbox: AwsSandbox, overrides: Record<string, unknown> = {}): SecretStore {
  const slice = { ...sandbox.config, timeout_ms: 1_000, ...overrides };
  const config = awsSecretsManager.schema.parse(slice);
  return awsSecretsManager.open(config, { clock, log, local: NO_TABLE });
}

/** All operations have one path: the fault waits for its operation and then hits that request. */
function breaker(sandbox: AwsSandbox): (operation: string, how: Fault) => void {
  const waiting: { operation: string; how: Fault }[] = [];
  sandbox.server.onRequest(({ headers }) => {
    const operation = headers['x-amz-target']?.replace('secretsmanager.', '');
    const hit = waiting.findIndex((each) => each.operation === operation);
    for (const { how } of hit === -1 ? [] : waiting.splice(hit, 1)) {
      sandbox.server.faults.inject({ fault: how });
    }
  });
  return (operation, how) => void waiting.push({ operation, how });
}

function tagsOf({ secrets }: AwsSandbox, name: string): Record<string, string> {
  return Object.fromEntries(secrets.all.get(name)?.tags ?? []);
}

async function openHarness(): Promise<StoreHarness> {
  const sandbox = await openSandbox({ clock });
  const breakNext = breaker(sandbox);
  const operations = {
    find: 'DescribeSecret',
    read: 'GetSecretValue',
    create: 'CreateSecret',
    rotate: 'PutSecretValue',
  };
  return {
    store: openStore(sandbox),
    another: () => openStore(sandbox),
    linked: (template) => openStore(sandbox, { link: template }),
    labels: (name) => Promise.resolve(tagsOf(sandbox, name)),
    break: (what, how) => breakNext(operations[what], how),
    byHand: {
      softDelete: (name) => sandbox.softDelete(name),
      squat: (name) => sandbox.put(name, 'not ours', { marker: 'somebody-else' }),
    },
    logged: () => lines.join(''),
    unexpected: () => sandbox.server.unexpected,
    close: () => sandbox.close(),
  };
}

describeStore('AWS Secrets Manager', openHarness);
describeStoreWithPeople('AWS Secrets Manager', openHarness);

describe('Signature Version 4', () => {
  // From the test suite that AWS published with the specification.
  const keys = {
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'),
    sessionToken: undefined,
  };
  const now = new Date('2015-08-30T12:36:00Z');

  test.each([
    ['GET', '/', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['POST', '/', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'GET',
      '/?Param2=value2&Param1=value1',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
  ])('signs %s %s as AWS does.', (method, path, signature) => {
    const url = new URL(`https://example.amazonaws.com${path}`);

    const headers = signedHeaders(
      { method, url, headers: {}, content: '' },
      keys,
      { region: 'us-east-1', service: 'service' },
      now,
    );

    expect(headers['authorization']).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    );
  });
});

describe('AWS Secrets Manager', () => {
  let sandbox: AwsSandbox;

  beforeEach(async () => {
    time = new Date('2026-11-23T09:00:00Z');
    sandbox = await openSandbox({ clock });
  });

  afterEach(async () => {
    await sandbox.close();
    if (sandbox.server.unexpected.length > 0) throw new Error(sandbox.server.unexpected.join());
  });

  test('Labels become tags, cut and cleaned to what AWS takes.', async () => {
    const meta = { ...META, purpose: `reads (all) "repos" ${'é'.repeat(400)}`, empty: '' };

    await openStore(sandbox).create(NAME, new Secret('a-long-value'), meta);

    const tags = tagsOf(sandbox, NAME);
    expect(tags).toMatchObject(META);
    expect(tags['purpose']).toMatch(/^reads {2}all {3}repos {2}é{200,}$/);
    expect(tags).not.toHaveProperty('empty');
  });

  test('More labels than AWS keeps are refused before anything is written.', async () => {
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`label-${n}`, 'x']));

    const attempt = openStore(sandbox).create(NAME, new Secret('a-long-value'), many);

    await expect(attempt).rejects.toMatchObject({ code: 'invalid-input' });
    expect(sandbox.secrets.all.size).toBe(0);
  });

  test('A value that a person put there, with the organisation’s own tags, is taken and labelled.', async () => {
    sandbox.put(NAME, 'deposited-by-hand', { 'cost-centre': '4711' });
    const store = openStore(sandbox);

    const { created } = await store.create(NAME, new Secret('another-value'), META);

    const read = await store.read(NAME);
    expect(created).toBe(false);
    expect(read.equals(new Secret('deposited-by-hand'))).toBe(true);
    expect(tagsOf(sandbox, NAME)).toEqual({ ...META, 'cost-centre': '4711' });
  });

  test('A secret that was made without a value is absent, and takes ours as its first.', async () => {
    sandbox.secrets.create(NAME, 'x'.repeat(32), undefined, []);
    const store = openStore(sandbox);
    const before = await store.find(NAME);

    const { created } = await store.create(NAME, new Secret('a-long-value'), META);

    const read = await store.read(NAME);
    expect(before).toBeUndefined();
    expect(created).toBe(true);
    expect(read.equals(new Secret('a-long-value'))).toBe(true);
    expect(tagsOf(sandbox, NAME)).toEqual(META);
  });

  test('A rotation follows when somebody made the version before current again.', async () => {
    const store = openStore(sandbox);
    const { link } = await store.create(NAME, new Secret('the-first-value'), META);
    const second = await store.rotate(NAME, link.version, new Secret('the-second-value'));
    sandbox.secrets.living(NAME).stages.set('AWSCURRENT', link.version);
    sandbox.secrets.living(NAME).stages.set('AWSPREVIOUS', second.version);

    await store.rotate(NAME, link.version, new Secret('the-third-value'));

    const read = await store.read(NAME);
    expect(read.equals(new Secret('the-third-value'))).toBe(true);
  });

  test('Throttling, which AWS answers with 400, is a rate limit.', async () => {
    const body = { __type: 'ThrottlingException', message: 'Rate exceeded' };
    const headers = { 'content-type': 'application/x-amz-json-1.1' };
    const answer = { status: 400, body, headers };
    sandbox.server.faults.inject({ fault: { kind: 'status', answer, afterEffect: false } });

    const attempt = openStore(sandbox).find(NAME);

    await expect(attempt).rejects.toMatchObject({ code: 'rate-limited', retryAfterMs: 60_000 });
  });

  test('Refused keys are reported without the keys.', async () => {
    const auth = {
      ...(sandbox.config['auth'] as object),
      secret_access_key: new Secret('wrong-key-1'),
    };
    const store = openStore(sandbox, { auth });

    const error = await store.find(NAME).catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: 'unauthenticated' });
    expect(String(error)).not.toContain('wrong-key-1');
  });

  test('The default link opens the console on the secret, in its region and partition.', () => {
    const url = (region: string): string =>
      openStore(sandbox, { region, link: undefined }).url(NAME);

    expect(url('eu-central-1')).toBe(
      `https://eu-central-1.console.aws.amazon.com/secretsmanager/secret?name=${NAME}&region=eu-central-1`,
    );
    expect(url('cn-north-1')).toContain('https://cn-north-1.console.amazonaws.cn/');
  });

  test('The link opens a page that does not show the value.', async () => {
    const { link } = await openStore(sandbox).create(NAME, new Secret('a-long-value'), META);

    const page = await (await fetch(link.url)).text();

    expect(page).toContain(NAME);
    expect(page).not.toContain('a-long-value');
  });

  describe('with the role of its machine', () => {
    let directory: string;

    beforeEach(async () => {
      directory = await mkdtemp(join(tmpdir(), 'aws-token-'));
      await writeFile(join(directory, 'token'), 'container-token\n');
    });

    afterEach(() => rm(directory, { recursive: true }));

    const roles = [
      [
        'container',
        () => ({
          credentials_uri: new Secret(`${sandbox.server.url}/container/credentials`),
          token_file: join(directory, 'token'),
        }),
      ],
      ['instance', () => ({ metadata_url: sandbox.server.url })],
    ] as const;

    test.each(roles)('keys of a %s serve until shortly before they end.', async (method, where) => {
      const store = openStore(sandbox, { auth: { method, ...where() } });

      await Promise.all([store.find(NAME), store.find(NAME)]);
      time = new Date(time.getTime() + 50 * 60_000);
      await store.find(NAME);
      const before = sandbox.handedOut();
      time = new Date(time.getTime() + 6 * 60_000);
      await store.find(NAME);

      expect(before).toBe(1);
      expect(sandbox.handedOut()).toBe(2);
    });

    test.each(roles)('refused keys of a %s are replaced once.', async (method, where) => {
      const store = openStore(sandbox, { auth: { method, ...where() } });
      await store.find(NAME);
      sandbox.endRoleKeys();

      const { created } = await store.create(NAME, new Secret('a-long-value'), META);

      expect(created).toBe(true);
      expect(sandbox.handedOut()).toBe(2);
    });

    test('A token file that is missing is named.', async () => {
      const auth = {
        method: 'container',
        credentials_uri: new Secret(`${sandbox.server.url}/container/credentials`),
        token_file: join(directory, 'missing'),
      };

      const attempt = openStore(sandbox, { auth }).find(NAME);

      await expect(attempt).rejects.toMatchObject({ code: 'unauthenticated' });
    });

    test('A place that does not answer is unreachable, never "absent".', async () => {
      const auth = { method: 'instance', metadata_url: 'http://127.0.0.1:9' };

      const attempt = openStore(sandbox, { auth }).find(NAME);

      await expect(attempt).rejects.toMatchObject({ code: 'unreachable' });
    });
  });

  describe('doctor', () => {
    /** Grants what the printed policy says. */
    function rulesOf(advice: string): Rule[] {
      const document = JSON.parse(advice.slice(advice.indexOf('{'))) as {
        Statement: { Action: string[]; Resource: string }[];
      };
      return document.Statement.flatMap(({ Action, Resource }) =>
        Action.map((action): Rule => {
          const [, prefix = ''] = /:secret:(.*)\*$/.exec(Resource) ?? [];
          return [action.replace('secretsmanager:', ''), prefix];
        }),
      );
    }

    test('names what a policy lacks and prints one ready to paste, which suffices.', async () => {
      sandbox.allow([['DescribeSecret', 'flow-']]);
      const [finding] = await openStore(sandbox).check();
      sandbox.allow(rulesOf(finding?.advice ?? ''));

      const after = await openStore(sandbox).check();
      const { created } = await openStore(sandbox).create(NAME, new Secret('a-long-value'), META);

      expect(finding).toMatchObject({ level: 'problem' });
      expect(finding?.message).toContain('PutSecretValue');
      expect(finding?.message).not.toContain('DescribeSecret');
      expect(after.map(({ level }) => level)).toEqual(['ok', 'ok']);
      expect(after[1]?.message).toContain('ListSecrets');
      expect(created).toBe(true);
    });

    test('leaves nothing behind.', async () => {
      await openStore(sandbox).check();

      expect(sandbox.secrets.all.size).toBe(0);
    });

    test('warns of a policy that reaches the secrets of others.', async () => {
      sandbox.allow([['*', '']]);

      const [finding] = await openStore(sandbox).check();

      expect(finding).toMatchObject({ level: 'warning' });
      expect(finding?.message).toContain('secrets of others');
    });

    test('warns of stored secrets that a policy of their own opens to others.', async () => {
      sandbox.allow([
        ['*', 'flow-'],
        ['ListSecrets', '*'],
      ]);
      const store = openStore(sandbox, { readers: ['arn:aws:iam::123456789012:role/readers'] });
      for (const name of ['flow-sa-aaaaaa-token', NAME, 'flow-sa-zzzzzz-token']) {
        await store.create(name, new Secret('a-long-value'), META);
      }
      const statement = (Principal: unknown, Action: unknown) => ({
        Effect: 'Allow',
        Principal,
        Action,
      });
      const policies = {
        'flow-sa-aaaaaa-token': statement(
          { AWS: 'arn:aws:iam::123456789012:role/readers' },
          'secretsmanager:GetSecretValue',
        ),
        [NAME]: statement('*', 'secretsmanager:*'),
        'flow-sa-zzzzzz-token': statement({ AWS: ['arn:aws:iam::999999999999:root'] }, [
          'secretsmanager:Get*',
        ]),
      };
      for (const [name, each] of Object.entries(policies)) {
        sandbox.secrets.living(name).policy = JSON.stringify({
          Version: '2012-10-17',
          Statement: each,
        });
      }

      const finding = (await store.check()).at(-1);

      expect(finding).toMatchObject({ level: 'warning' });
      expect(finding?.message).toContain(`${NAME} (*)`);
      expect(finding?.message).toContain('arn:aws:iam::999999999999:root');
      expect(finding?.message).not.toContain('flow-sa-aaaaaa-token');
    });

    test('takes a policy it cannot understand for an open one.', async () => {
      sandbox.allow([
        ['*', 'flow-'],
        ['ListSecrets', '*'],
      ]);
      const store = openStore(sandbox);
      await store.create(NAME, new Secret('a-long-value'), META);
      sandbox.secrets.living(NAME).policy = '{"Statement": 7}';

      const finding = (await store.check()).at(-1);

      expect(finding).toMatchObject({ level: 'warning' });
    });

    test('tells refused keys and a wrong address apart.', async () => {
      const auth = {
        ...(sandbox.config['auth'] as object),
        secret_access_key: new Secret('wrong-key-1'),
      };

      const refused = await openStore(sandbox, { auth }).check();
      const nowhere = await openStore(sandbox, { endpoint: 'http://127.0.0.1:9' }).check();

      expect(refused).toMatchObject([{ level: 'problem' }]);
      expect(refused[0]?.message).toContain('does not accept our keys');
      expect(nowhere).toMatchObject([{ level: 'problem' }]);
      expect(nowhere[0]?.advice).toContain('endpoint');
    });
  });
});
