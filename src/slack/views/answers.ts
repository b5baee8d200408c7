import type { KnownBlock } from '@slack/types';

import { counted } from '../../domain/counted.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Request } from '../../domain/request.ts';
import { context, message, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { COMMAND } from '../ids.ts';
import { bold, day, join, joinUpTo, link, moment, say, words } from '../text.ts';
import type { Markup } from '../text.ts';
import { factFields, titleOf } from './card-details.ts';
import { stateWords } from './request-card.ts';

/** What the command can do; also the answer to a word it does not know. */
export function helpAnswer(unknown: string | null): Message {
  const lines = [
    say`• \`${COMMAND}\` opens the form`,
    say`• \`${COMMAND} new integration\` opens it for connecting Flow to a Git host or ticket system; \`new automation\` and \`new flow-user\` for the other kinds`,
    say`• \`${COMMAND} list\` shows your accounts and open requests; \`list broken\`, \`list connection:gitlab\` and \`list all\` search`,
    say`• \`${COMMAND} show SA-7K3F9Q\` shows an account or a request, \`audit SA-7K3F9Q\` what happened with an account`,
    say`• \`${COMMAND} cancel SA-7K3F9Q\` ends one of yours that is not decided yet`,
    say`• \`${COMMAND} rotate SA-7K3F9Q\` gives an account a new credential`,
    say`• \`${COMMAND} adopt\` takes an account that is there already under care`,
    say`• \`${COMMAND} discover gitlab\` lets admins find accounts for Flow that are not under care`,
    say`• \`${COMMAND} dry-run rotate SA-7K3F9Q\` shows what that would do, and changes nothing; \`dry-run close\` too`,
    say`• \`${COMMAND} verify SA-7K3F9Q\` checks an account now`,
    say`• \`${COMMAND} hand-over SA-7K3F9Q @colleague\` asks somebody to own it`,
    say`• \`${COMMAND} close SA-7K3F9Q reason\` closes an account`,
    say`• \`${COMMAND} doctor\` checks that everything is set up well`,
    say`• \`${COMMAND} settings\` lets the app's admins choose channel and approvers`,
    say`• \`${COMMAND} help\` shows this`,
  ];
  const first =
    unknown === null
      ? say`This app makes service accounts for Flow.`
      : say`“${words(unknown, 60)}” is none of the words this command knows.`;
  const text = say`${first} ${unknown === null ? '' : 'These are:'}`;
  return message(text, [
    section(join([text, ...lines])),
    context(
      say`Slack does not run commands inside threads; use the shortcut “Request service account” there. Credentials never pass through Slack.`,
    ),
  ]);
}

/** A request on one line, for lists. */
export function requestLine(request: Request, catalogue: Catalogue, url: string | null): Markup {
  const id = url === null ? words(request.id) : link(url, request.id);
  return say`• ${id}, ${words(request.order.address, 120)}: ${stateWords(request)} (${words(titleOf(request, catalogue), 120)}, ${day(request.createdAt)})`;
}

export function statusAnswer(request: Request, catalogue: Catalogue, url: string | null): Message {
  const text = say`${request.id}: ${stateWords(request)}, changed ${moment(request.updatedAt)}.`;
  const current = request.steps.find(({ state }) => ['running', 'human', 'failed'].includes(state));
  const failure = request.failure;
  const blocks: KnownBlock[] = [
    section(text),
    factFields(request, catalogue),
    ...(current === undefined
      ? []
      : [section(say`${bold('At')}: ${catalogue.stepTitle(request, current.id)}`)]),
    ...(failure === null || request.state !== 'failed'
      ? []
      : [section(say`:x: ${words(failure.message, 900)}`)]),
    ...(url === null ? [] : [section(link(url, 'Open the request'))]),
  ];
  return message(text, blocks);
}

const SIGNS: Readonly<Record<Finding['level'], string>> = {
  ok: ':white_check_mark: OK',
  warning: ':warning: Warning',
  problem: ':x: Problem',
};

/** What `doctor` found, worst first. */
export function doctorAnswer(findings: readonly Finding[]): Message {
  const order: Finding['level'][] = ['problem', 'warning', 'ok'];
  const sorted = order.flatMap((level) => findings.filter((finding) => finding.level === level));
  const count = (level: Finding['level']) => sorted.filter((one) => one.level === level).length;
  const text = say`Checked ${counted(sorted.length, 'things')}: ${counted(count('problem'), 'problems')}, ${counted(count('warning'), 'warnings')}.`;
  const lines = sorted.map(
    ({ level, subject, message: found, advice }) =>
      say`${SIGNS[level]}: ${bold(words(subject, 100))}: ${words(found, 250)}${advice === null ? '' : say` _${words(advice, 250)}_`}`,
  );
  return message(text, [section(text), ...pages(lines)]);
}

const PER_SECTION = 10;
const MOST_SECTIONS = 4;

function pages(lines: readonly Markup[]): KnownBlock[] {
  const sections: KnownBlock[] = [];
  for (let at = 0; at < lines.length && sections.length < MOST_SECTIONS; at += PER_SECTION) {
    sections.push(section(joinUpTo(lines.slice(at, at + PER_SECTION), 2900)));
  }
  const left = lines.length - PER_SECTION * MOST_SECTIONS;
  return left <= 0
    ? sections
    : [
        ...sections,
        context(
          say`…and ${left} more that are fine or less urgent. The operator's command line shows all.`,
        ),
      ];
}
