import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What documents may refer to. */
export interface Known {
  /** Names of the scripts in package.json. */
  readonly scripts: readonly string[];
  /** First words that the command line understands. */
  readonly commands: readonly string[];
}

/** Relative links that lead nowhere, and commands that do not exist, one sentence each. */
export function checkDocument(root: string, file: string, text: string, known: Known): string[] {
  return [
    ...deadLinks(root, file, text),
    ...unknown(file, 'npm script', scriptsIn(text), known.scripts),
    ...unknown(file, 'command', commandsIn(text), known.commands),
  ];
}

/** The commands that `src/cli.ts` defines, read from its text: importing it would run it. */
export function commandsOf(cli: string): string[] {
  const found = [...cli.matchAll(/program\s*\.command\('(\w+)/g)];
  return found.map(([, name = '']) => name);
}

function deadLinks(root: string, file: string, text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => !leadsSomewhere(root, file, text, link))
    .map((link) => `${file}: the link ${link} leads nowhere`);
}

function leadsSomewhere(root: string, file: string, text: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = join(root, dirname(file), path);
  if (path !== '' && !existsSync(target)) return false;
  if (anchor === undefined) return true;
  return anchorsOf(path === '' ? text : readFileSync(target, 'utf8')).includes(anchor);
}

/** Headings as GitHub and GitLab turn them into anchors. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/^#{1,6} (.+)$/gm)];
  return headings.map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function scriptsIn(text: string): string[] {
  const run = [...text.matchAll(/npm run (?:--silent |-s )?([\w:-]+)/g)];
  const short = [...text.matchAll(/npm (start|test)\b/g)];
  return [...run, ...short].map(([, name = '']) => name);
}

function commandsIn(text: string): string[] {
  const all = [...text.matchAll(/npm run (?:--silent |-s )?cli -- ([a-z]+)/g)];
  return all.map(([, name = '']) => name);
}

function unknown(
  file: string,
  what: string,
  used: readonly string[],
  known: readonly string[],
): string[] {
  return [...new Set(used)]
    .filter((name) => !known.includes(name))
    .map((name) => `${file}: there is no ${what} "${name}"`);
}

/** What stands between backticks is text, not a link. */
function withoutCode(text: string): string {
  return text.replaceAll(/```[\s\S]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
}
