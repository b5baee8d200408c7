import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { checkCompose, checkDockerfile } from '../../scripts/check-containers.ts';
import { checkDocument, commandsOf } from '../../scripts/check-documents.ts';
import { checkAgainstSchema, checkManifest } from '../../scripts/check-manifest.ts';
import { fillParts, partNames } from '../../scripts/generated-parts.ts';
import { markdownFiles } from '../../scripts/markdown-files.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('The documents', () => {
  const documents = markdownFiles(ROOT);

  it('hold in their generated parts what the registries say now', () => {
    const stale = documents.filter((file) => fillParts(read(file)) !== read(file));

    expect(documents.length).toBeGreaterThan(10);
    expect(stale, 'run "npm run docs"').toEqual([]);
  });

  it('show every generated part somewhere', () => {
    const text = documents.map(read).join('\n');

    const unused = partNames().filter((name) => !text.includes(`<!-- generated: ${name} -->`));

    expect(unused).toEqual([]);
  });

  it('refuse a generated part that nobody makes', () => {
    expect(() => fillParts('<!-- generated: nothing -->\n<!-- end -->')).toThrow('nothing');
  });

  it('link only to what exists and name only commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const known = { scripts: Object.keys(scripts), commands: commandsOf(read('src/cli.ts')) };

    const found = documents.flatMap((file) => checkDocument(ROOT, file, read(file), known));

    expect(known.commands).toContain('doctor');
    expect(found).toEqual([]);
  });

  it('are told of a dead link, an unknown script and an unknown command', () => {
    const text =
      '# Here\n[a](nowhere.md) [b](#there) [c](#here) `npm run fly`, `npm run --silent cli -- swim`';

    const found = checkDocument(ROOT, 'a.md', text, { scripts: ['cli'], commands: ['doctor'] });

    expect(found).toEqual([
      'a.md: the link nowhere.md leads nowhere',
      'a.md: the link #there leads nowhere',
      'a.md: there is no npm script "fly"',
      'a.md: there is no command "swim"',
    ]);
  });
});

describe('The container files', () => {
  it('pass their own check', () => {
    expect(checkCompose(read('docker-compose.yml'))).toEqual([]);
    expect(checkDockerfile(read('Dockerfile'))).toEqual([]);
  });

  it('may not float: a latest tag, or none, is noticed', () => {
    const compose = read('docker-compose.yml').replace('postgres:18', 'postgres:latest');

    expect(checkCompose(compose)).toEqual(['docker-compose.yml: postgres:latest names no version']);
    expect(checkDockerfile('FROM node\nUSER node')).toEqual(['Dockerfile: node names no version']);
  });

  it('may not lack a service or let Redis evict', () => {
    const compose = read('docker-compose.yml');
    const withoutWorker = compose.replace('  worker:', '  helper:');
    const evicting = compose.replace('noeviction', 'allkeys-lru');

    expect(checkCompose(withoutWorker)[0]).toContain('helper');
    expect(checkCompose(evicting)).toEqual([
      'docker-compose.yml: redis lacks --maxmemory-policy noeviction',
    ]);
  });

  it.each(['FROM node:24', 'FROM node:24\nUSER root', 'FROM node:24\nUSER node\nUSER 0:0'])(
    'may not run the app as root: %j',
    (text) => {
      expect(checkDockerfile(text)).toEqual(['Dockerfile: the app would run as root']);
    },
  );
});

describe('The manifest', () => {
  const manifest = read('manifest.yml');
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'flow-manifest-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('asks for what the code uses and nothing else', () => {
    expect(checkManifest(manifest)).toEqual([]);
  });

  it('may not have a misspelt scope or another command', () => {
    const found = checkManifest(
      manifest
        .replace('chat:write', 'chat:wrte')
        .replace('command: /flow-service-account', 'command: /flow'),
    );

    expect(found).toEqual([
      'manifest.yml: scopes: chat:wrte is not used',
      'manifest.yml: scopes: chat:write is missing',
      expect.stringContaining('commands'),
      expect.stringContaining('commands'),
    ]);
  });

  it('is compared with a schema where there is one', () => {
    expect(checkAgainstSchema(manifest, folder)).toBeUndefined();
    const schema = { type: 'object', required: ['nothing'] };
    writeFileSync(join(folder, 'manifest.schema.1.0.0.json'), JSON.stringify(schema));

    const found = checkAgainstSchema(manifest, folder);

    expect(found).toEqual(["manifest.yml:  must have required property 'nothing'"]);
  });
});
