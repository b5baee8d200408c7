import { stringify } from 'yaml';

import type { AccountPage, IndexEntry, PageSection } from '../domain/page.ts';
import type { IndexPage } from './index-pages.ts';
import type { Format } from './shelf.ts';

/** Pages as Markdown with YAML front matter. Every value passes `escape`. */
export const markdown: Format = { page: renderPage, index: renderIndex };

function renderPage(page: AccountPage): string {
  const { secret } = page;
  const credential =
    secret === null
      ? []
      : [
          tableRow(
            'Credential',
            linked(`${secret.name} in ${secret.store}, version ${secret.version}`, secret.url),
          ),
        ];
  return [
    `---\n${stringify(facts(page), { lineWidth: 0 })}---`,
    `# ${escape(page.title)}`,
    `**Status: ${escape(page.status)}**`,
    escape(page.summary),
    [
      '| What | Value |\n| --- | --- |',
      ...page.rows.map(({ label, value, url }) => tableRow(label, linked(value, url))),
      ...credential,
    ].join('\n'),
    ...page.sections.map(section),
    `*Kept by the Flow service accounts app; changes by hand are overwritten. Updated ${escape(page.updatedAt)}.*`,
  ]
    .join('\n\n')
    .concat('\n');
}

/** One page of the index, its groups as tables or its parts as a list. */
function renderIndex({ marker, title, summary, groups, parts }: IndexPage): string {
  return [
    `---\n${stringify({ marker, title }, { lineWidth: 0 })}---`,
    `# ${escape(title)}`,
    escape(summary),
    ...groups.map((group) => `## ${escape(group.title)}\n\n${indexTable(group.entries)}`),
    ...(parts.length === 0
      ? []
      : [parts.map((part) => `- ${indexLink(part.title, part.url)}`).join('\n')]),
    '*Kept by the Flow service accounts app; changes by hand are overwritten.*',
  ]
    .join('\n\n')
    .concat('\n');
}

/** A page in the same folder, without a site of its own, is linked by its file's name. */
function indexLink(text: string, url: string): string {
  const neighbour = /^file:.*\/([a-z0-9-]+\.md)$/.exec(url)?.[1];
  return neighbour === undefined ? linked(text, url) : `[${escape(text)}](${neighbour})`;
}

function indexTable(entries: readonly IndexEntry[]): string {
  const rows = entries.map(({ account, url, purpose, owner, status, nextRotation }) => {
    const cells = [purpose, owner, status, nextRotation ?? 'none'].map(escape);
    return `| ${[indexLink(account, url), ...cells].join(' | ')} |`;
  });
  const head =
    '| Account | Purpose | Owner | Status | Next rotation |\n| --- | --- | --- | --- | --- |';
  return [head, ...rows].join('\n');
}

/**
 * A text on one line in which nothing is Markdown: every sign that CommonMark or GitHub gives a
 * meaning is preceded by a backslash, which both allow for all ASCII punctuation.
 */
export function escape(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cs}\s]+/gu, ' ')
    .trim()
    .replaceAll(/[\\`*_{}[\]<>()#+!|&~:@$%"'^=-]/g, String.raw`\$&`)
    .replaceAll(/\bwww\./gi, (match) => `${match.slice(0, -1)}\\.`)
    .replace(/^(\d+)\./, String.raw`$1\.`);
}

function facts(page: AccountPage): Record<string, unknown> {
  const { marker, title, status, summary, secret, updatedAt } = page;
  return {
    marker,
    title,
    status,
    summary,
    ...Object.fromEntries(page.rows.map(({ label, value }) => [key(label), value])),
    ...(secret === null ? {} : { secret: { ...secret } }),
    updated_at: updatedAt,
  };
}

/** `Second owner` → `about_second_owner`: rows cannot replace the facts that we read back. */
function key(label: string): string {
  return `about_${label.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '_')}`;
}

function tableRow(label: string, value: string): string {
  return `| ${escape(label)} | ${value} |`;
}

/** A link for web addresses only; anything else (`javascript:`) stays text. */
function linked(value: string, url: string | undefined): string {
  if (url === undefined || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return escape(value);
  const target = new URL(url).href.replaceAll(/[<>()[\]\\|`*_'"\s]/g, percent);
  return `[${escape(value)}](${target})`;
}

function percent(sign: string): string {
  return `%${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function section({ title, paragraphs, steps }: PageSection): string {
  const list = steps.map((step, index) => `${index + 1}. ${escape(step)}`).join('\n');
  return [`## ${escape(title)}`, ...paragraphs.map(escape), list]
    .filter((block) => block !== '')
    .join('\n\n');
}
