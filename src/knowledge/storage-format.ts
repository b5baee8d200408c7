import type { SecretLink } from '../domain/account.ts';
import type { AccountPage, IndexEntry, PageRow, PageSection } from '../domain/page.ts';
import type { IndexPage } from './index-pages.ts';
import type { Format } from './shelf.ts';

/** Pages in Confluence's storage format. Every value passes `escape`. */
export const storageFormat: Format = { page: renderPage, index: renderIndex };

function renderPage(page: AccountPage): string {
  return [
    panel(page.status),
    paragraph(page.summary),
    `<table><tbody>${page.rows.map(row).join('')}${credential(page.secret)}</tbody></table>`,
    ...page.sections.map(section),
    '<hr/>',
    `<p>This page is kept by the Flow service accounts app; changes by hand are overwritten. Updated ${escape(page.updatedAt)}. Reference: ${sign(page.marker)}</p>`,
  ].join('\n');
}

function renderIndex({ marker, summary, groups, parts }: IndexPage): string {
  const items = parts.map((part) => `<li><p>${linked(part.title, part.url)}</p></li>`).join('');
  return [
    paragraph(summary),
    ...groups.map(({ title, entries }) => `<h2>${escape(title)}</h2>${indexTable(entries)}`),
    ...(items === '' ? [] : [`<ul>${items}</ul>`]),
    '<hr/>',
    `<p>This page is kept by the Flow service accounts app; changes by hand are overwritten. Reference: ${sign(marker)}</p>`,
  ].join('\n');
}

function indexTable(entries: readonly IndexEntry[]): string {
  const head = ['Account', 'Purpose', 'Owner', 'Status', 'Next rotation'].map(
    (label) => `<th>${paragraph(label)}</th>`,
  );
  const rows = entries.map(({ account, url, purpose, owner, status, nextRotation }) => {
    const cells = [purpose, owner, status, nextRotation ?? 'none'].map(
      (text) => `<td>${paragraph(text)}</td>`,
    );
    return `<tr><td><p>${linked(account, url)}</p></td>${cells.join('')}</tr>`;
  });
  return `<table><tbody><tr>${head.join('')}</tr>${rows.join('')}</tbody></table>`;
}

/** The mark by which we know a page's text as ours; no escaped value can imitate it. */
export function sign(marker: string): string {
  return `<code>${escape(marker)}</code>`;
}

// Not allowed in XML 1.0 in any form: https://www.w3.org/TR/xml/#charsets
const ILLEGAL = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as XML text or attribute value. */
export function escape(text: string): string {
  return text
    .replaceAll(ILLEGAL, '\u{FFFD}')
    .replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
}

const PANELS: Readonly<Record<AccountPage['status'], string>> = {
  'being set up': 'note',
  active: 'info',
  closed: 'warning',
  undone: 'warning',
};

function panel(status: AccountPage['status']): string {
  return `<ac:structured-macro ac:name="${PANELS[status]}"><ac:rich-text-body>${paragraph(`Status: ${status}`)}</ac:rich-text-body></ac:structured-macro>`;
}

function paragraph(text: string): string {
  return `<p>${escape(text)}</p>`;
}

function row({ label, value, url }: PageRow): string {
  return `<tr><th>${paragraph(label)}</th><td><p>${linked(value, url)}</p></td></tr>`;
}

function credential(secret: SecretLink | null): string {
  if (secret === null) return '';
  const { name, store, version, url } = secret;
  const value = `${name} in ${store}, version ${version}`;
  return row({ label: 'Credential', value, url });
}

/** A link for web addresses only; anything else (`javascript:`) stays text. */
function linked(value: string, url: string | undefined): string {
  if (url === undefined || !/^https?:\/\//i.test(url)) return escape(value);
  return `<a href="${escape(url)}">${escape(value)}</a>`;
}

function section({ title, paragraphs, steps }: PageSection): string {
  const list = steps.map((step) => `<li>${paragraph(step)}</li>`).join('');
  return [
    `<h2>${escape(title)}</h2>`,
    ...paragraphs.map(paragraph),
    list === '' ? '' : `<ol>${list}</ol>`,
  ].join('');
}
