import { humanTask } from '../../domain/task.ts';
import type { HumanTask, TaskField } from '../../domain/task.ts';
import type { AccountPage, PageRow, PageSection } from '../../domain/page.ts';
import type { HumanKnowledgeConfig } from './schema.ts';

/** The page's address, answered to either task of publishing. */
export const URL_FIELD = 'page_url';
export const HISTORY_FIELD = 'page_closed';
export const CLOSED = 'closed';

export function writeTask(
  config: HumanKnowledgeConfig,
  page: AccountPage,
  finding: string | null,
): HumanTask {
  const { system, new_page_url: url } = config;
  return humanTask({
    id: 'write-page',
    title: `Write the page of this account in ${system}`,
    role: 'owner',
    instructions: [
      `In ${system}, look for a page with the reference ${page.marker}; if there is none, add one.`,
      ...contents(page),
      'Press "Done" and give the address of the page.',
    ],
    links: url === undefined ? [] : [{ label: `Add a page in ${system}`, url }],
    warnings: WARNINGS,
    fields: [urlField(config)],
    finding,
    pollMs: null,
  });
}

export function updateTask(
  config: HumanKnowledgeConfig,
  page: AccountPage,
  url: string,
  finding: string | null,
): HumanTask {
  return humanTask({
    id: `update-page-${page.status.replaceAll(' ', '-')}`,
    title: `Bring the page of this account in ${config.system} up to date`,
    role: 'owner',
    instructions: [
      'Open the page by the link below and replace its text. If it is gone, write it anew.',
      ...contents(page),
      'Press "Done" and give the address of the page, also if it is the same as before.',
    ],
    links: [{ label: 'Open the page', url }],
    warnings: WARNINGS,
    fields: [urlField(config)],
    finding,
    pollMs: null,
  });
}

export function historyTask(
  { system }: HumanKnowledgeConfig,
  page: AccountPage,
  url: string | null,
  finding: string | null,
): HumanTask {
  return humanTask({
    id: `close-page-${page.status}`,
    title: `Mark the page of this account in ${system} as history`,
    role: 'owner',
    instructions: [
      `On the page with the reference ${page.marker}, write at the top:`,
      `Status: ${page.status}`,
      'Keep the rest: it tells later what this account was. If the page is gone, leave it so.',
      `Write "${CLOSED}" here, then press "Done".`,
    ],
    links: url === null ? [] : [{ label: 'Open the page', url }],
    fields: [
      {
        id: HISTORY_FIELD,
        label: 'Is it marked?',
        hint: 'The app cannot look there, so your word counts.',
        example: CLOSED,
      },
    ],
    finding,
    pollMs: null,
  });
}

const WARNINGS = [
  'Never put a password, key or token on the page: it only links to where the credential is.',
];

function urlField({ hosts }: HumanKnowledgeConfig): TaskField {
  return {
    id: URL_FIELD,
    label: 'Address of the page',
    hint: `Beginning with https://, on ${hosts.join(' or ')}.`.slice(0, 150),
    example: `https://${hosts[0] ?? 'wiki.example.com'}/flow-service-account`,
  };
}

/** The page line by line, for a person to copy. */
function contents({
  title,
  status,
  summary,
  rows,
  sections,
  secret,
  marker,
}: AccountPage): string[] {
  return [
    `Title: ${title}`,
    `Status: ${status}`,
    summary,
    ...rows.map(row),
    ...(secret === null
      ? []
      : [`Credential: ${secret.name}, version ${secret.version}, ${secret.url}`]),
    ...sections.map(section),
    `Reference: ${marker}`,
  ];
}

function row({ label, value, url }: PageRow): string {
  return url === undefined ? `${label}: ${value}` : `${label}: ${value} (${url})`;
}

function section({ title, paragraphs, steps }: PageSection): string {
  const numbered = steps.map((step, index) => `${index + 1}) ${step}`);
  return `${title}: ${[...paragraphs, ...numbered].join(' ')}`;
}
