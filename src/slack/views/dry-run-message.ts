import type { KnownBlock } from '@slack/types';

import { counted } from '../../domain/counted.ts';
import { isLater } from '../../domain/operation.ts';
import type { AdoptionErrors } from '../../requests/validate-adoption.ts';
import type { DryRun, PlannedStep } from '../../requests/dry-run.ts';
import type { FieldErrors } from '../../requests/requests.ts';
import { context, header, message, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { people } from '../sentences.ts';
import { bold, join, joinUpTo, person, say, words } from '../text.ts';
import type { Markup } from '../text.ts';
import { blastRadius, titleOf } from './card-details.ts';
import { operationBlock } from './operation-messages.ts';

/** What would happen, step by step, and what stands in the way; to one person alone. */
export function dryRunMessage(dryRun: DryRun, catalogue: Catalogue): Message {
  const { request, steps, obstacles, findings } = dryRun;
  const title = titleOf(request, catalogue);
  const text = say`What would happen: ${words(title, 200)}. Nothing was changed, and no request was made.`;
  const operation = operationBlock(request);
  const blocks: KnownBlock[] = [
    header(`Without changes: ${title}`),
    section(
      say`${words(request.order.address, 200)}. ${bold('Nothing was changed, and no request was made.')}`,
    ),
    ...(obstacles.length === 0 ? [] : [section(obstacleLines(obstacles), 2500)]),
    ...(operation === undefined ? [] : [operation]),
    ...(isLater(request.operation) ? [] : [blastRadius(request.order, catalogue)]),
    section(decisionLines(dryRun), 2000),
    section(stepLines(dryRun, catalogue), 3000),
    ...(findings.length === 0
      ? [context(say`The systems that this needs were checked: no problems, no warnings.`)]
      : [section(findingLines(findings), 3000)]),
    ...(steps.some(({ by }) => by !== 'app')
      ? [context(say`Who gets a task is looked up again when it comes up.`)]
      : []),
  ];
  return message(text, blocks);
}

function obstacleLines(obstacles: readonly string[]): Markup {
  return join([
    bold('What stands in the way now'),
    ...obstacles.map((sentence) => say`:x: ${words(sentence, 400)}`),
  ]);
}

function decisionLines({ request }: DryRun): Markup {
  const { rule, autoApproved, needed, breakGlass } = request.policy;
  if (autoApproved) {
    return say`${bold('Who decides')}\nNobody: the rule “${rule}” approves it at once.`;
  }
  const alone =
    breakGlass && needed > 1 ? say` One of them may approve alone, with a reason.` : say``;
  return say`${bold('Who decides')}\nThe rule “${rule}” asks for ${needed} ${needed === 1 ? 'approval' : 'approvals'} by: ${people(request)}.${alone}`;
}

function stepLines({ request, steps }: DryRun, catalogue: Catalogue): Markup {
  const lines = steps.map((step) => {
    const title = words(catalogue.stepTitle(request, step.id), 150);
    return say`${SIGNS[step.by]} ${title}${doer(step)}`;
  });
  return join([bold(say`The plan: ${counted(steps.length, 'steps')}`), joinUpTo(lines, 2800)]);
}

const SIGNS: Readonly<Record<PlannedStep['by'], string>> = {
  app: ':robot_face:',
  person: ':bust_in_silhouette:',
  either: ':busts_in_silhouette:',
};

function doer({ by, person: id }: PlannedStep): Markup {
  if (by === 'app') return say`: by the app`;
  const who = id === null ? say`a person` : person(id);
  return by === 'person'
    ? say`: a task for ${who}`
    : say`: by the app; a task for ${who} where the other system does not let it`;
}

function findingLines(findings: DryRun['findings']): Markup {
  const lines = findings.map(
    ({ level, subject, message: found, advice }) =>
      say`${level === 'problem' ? ':x:' : ':warning:'} ${bold(words(subject, 100))}: ${words(found, 250)}${advice === null ? '' : say` _${words(advice, 250)}_`}`,
  );
  return join([bold('What the systems say that this needs'), joinUpTo(lines, 2800)]);
}

/** The form is not complete enough for a plan. */
export function unfinishedMessage(errors: FieldErrors & AdoptionErrors): Message {
  const text = say`There is no plan yet, because something on the form is missing or not right:`;
  const lines = Object.values(errors).map((sentence) => say`• ${words(sentence, 300)}`);
  return message(text, [section(join([text, joinUpTo(lines, 2500)]))]);
}
