// Checks what no compiler sees: manifest, container files and documents. An argument names a folder
// with Slack's manifest schema; without it the manifest is compared with the code alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { checkCompose, checkDockerfile } from './check-containers.ts';
import { checkDocument, commandsOf } from './check-documents.ts';
import { checkAgainstSchema, checkManifest } from './check-manifest.ts';
import { markdownFiles } from './markdown-files.ts';

const root = join(import.meta.dirname, '..');
const schemaFolder = process.argv[2];

const manifest = read('manifest.yml');
const bySchema =
  schemaFolder === undefined ? undefined : checkAgainstSchema(manifest, join(root, schemaFolder));
if (bySchema === undefined) {
  console.log("manifest.yml: compared with the code; Slack's schema for manifests is not here.");
}
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));
const known = { scripts: Object.keys(scripts), commands: commandsOf(read('src/cli.ts')) };
const documents = markdownFiles(root);
const problems = [
  ...checkManifest(manifest),
  ...(bySchema ?? []),
  ...checkCompose(read('docker-compose.yml')),
  ...checkDockerfile(read('Dockerfile')),
  ...documents.flatMap((file) => checkDocument(root, file, read(file), known)),
];

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else {
  console.log(
    `Fine: manifest.yml, docker-compose.yml, Dockerfile and ${documents.length} documents.`,
  );
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
