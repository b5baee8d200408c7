import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

interface Asset {
  readonly type: string;
  readonly body: string;
}

const FOLDER = join(import.meta.dirname, 'browser');
const TYPES: Readonly<Record<string, string>> = {
  '.ts': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
};

/** Everything the browser loads, by path; TypeScript loses its types here and nothing else. */
export async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const names = (await readdir(FOLDER, { recursive: true }))
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => typeOf(name) !== undefined);
  const texts = await Promise.all(names.map((name) => readFile(join(FOLDER, name), 'utf8')));
  const sources = Object.fromEntries(names.map((name, index) => [name, texts[index] ?? '']));
  const modules = await stripTypes(
    Object.fromEntries(Object.entries(sources).filter(([name]) => name.endsWith('.ts'))),
  );
  return new Map(
    names.map((name) => [
      name,
      { type: typeOf(name) ?? '', body: modules[name] ?? sources[name] ?? '' },
    ]),
  );
}

function typeOf(name: string): string | undefined {
  return Object.entries(TYPES).find(([ending]) => name.endsWith(ending))?.[1];
}

async function stripTypes(
  sources: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const worker = new Worker(new URL('strip-types.ts', import.meta.url), {
    workerData: sources,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const [stripped] = (await once(worker, 'message')) as [Readonly<Record<string, string>>];
  return stripped;
}
