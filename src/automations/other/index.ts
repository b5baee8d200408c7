import { ProductError } from '../../domain/errors.ts';
import { ok } from '../../domain/finding.ts';
import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { Secret } from '../../domain/secret.ts';
import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import { defineAutomation, isAllowed } from '../automation.ts';
import type { Automation, Slot } from '../automation.ts';
import { refuseLink } from './link.ts';
import { configSchema } from './schema.ts';
import type { OtherConfig } from './schema.ts';

const LINK_FIELD = 'placed_at';
const REMOVED_FIELD = 'removed';

type Answers = Readonly<Record<string, string>>;

/** Any pipeline system we have no adapter for: a person puts the credential there. */
export const other = defineAutomation({
  id: 'other',
  name: 'Another pipeline system',
  byHand: true,
  schema: configSchema,
  example: ['type: other', 'system: TeamCity', 'targets: ["teamcity/*"]'].join('\n'),
  targetHint: 'where its credentials are kept, such as teamcity/release',
  open,
});

function open(config: OtherConfig): Automation {
  return {
    check: () =>
      Promise.resolve([
        ok(
          config.system,
          'A person puts credentials there; there is nothing that the app could check.',
        ),
      ]),
    // Nothing is known of the places; what a person types is taken if the policy allows it.
    searchTargets(text) {
      const target = text.trim();
      const fits = target !== '' && refuseTarget(config, target) === undefined;
      const patterns = config.targets.filter((pattern) => !pattern.includes('*'));
      const known = patterns.filter((pattern) => pattern.includes(target));
      const ids = [...new Set([...(fits ? [target] : []), ...known])];
      return Promise.resolve(ids.map((id) => ({ id, name: id })));
    },
    refuseName: (name) =>
      /^[\w.-]{1,100}$/.test(name)
        ? undefined
        : `"${name}" does not work: only letters, digits, dots, dashes and underscores; a valid name is FLOW_TOKEN.`,
    refuseTarget: (target) => refuseTarget(config, target),
    ensure: (slot, credential, storeUrl, answers) =>
      Promise.resolve().then(() => ensurePlaced(config, slot, credential, storeUrl, answers)),
    verify: (slot) =>
      Promise.resolve(
        done(
          `A person has confirmed that ${slot.secretName} is set in ${slot.target} of ${config.system}. The app cannot look there; the audit log says who confirmed it.`,
        ),
      ),
    remove: (slot, answers = {}) => Promise.resolve(removePlaced(config, slot, answers)),
    url: () => null,
  };
}

function refuseTarget({ targets, system }: OtherConfig, target: string): string | undefined {
  if (!/^[\w./:@ -]{1,200}$/.test(target)) {
    return 'Write where its credentials are kept in plain words, such as teamcity/release.';
  }
  return isAllowed(targets, target)
    ? undefined
    : `The policy does not allow ${target} of ${system}; it allows ${targets.join(', ')}.`;
}

function ensurePlaced(
  config: OtherConfig,
  slot: Slot,
  credential: Secret,
  storeUrl: string,
  answers: Answers,
): Outcome<void> {
  const refusal = refuseTarget(config, slot.target);
  if (refusal !== undefined) {
    throw new ProductError('invalid-input', { subject: slot.target, message: refusal });
  }
  const answer = answers[LINK_FIELD]?.trim() ?? '';
  if (answer === '') return human(placeTask(config, slot, storeUrl, null));
  const finding = refuseLink(answer, credential);
  return finding === undefined
    ? done(undefined)
    : human(placeTask(config, slot, storeUrl, finding));
}

function placeTask(
  { system, instructions }: OtherConfig,
  slot: Slot,
  storeUrl: string,
  finding: string | null,
): HumanTask {
  return humanTask({
    id: 'place-credential',
    title: `Put ${slot.secretName} into ${system}`,
    role: 'owner',
    instructions: [
      'Open the credential in the secret store, by the link below.',
      `In ${system}, open ${slot.target} and add a secret with the name ${slot.secretName} and that value, hidden in logs.`,
      `Description, where there is one: ${slot.marker}`,
      ...instructions,
      `Run "${slot.process}" once and see that it works.`,
      'Tell us here the address of the page where the secret is listed, then press "Done".',
    ],
    links: storeUrl === '' ? [] : [{ label: 'Credential in the secret store', url: storeUrl }],
    warnings: ['Copy from the store straight to the system; never by Slack, mail or a file.'],
    fields: [
      {
        id: LINK_FIELD,
        label: 'Page where it is listed',
        hint: 'An address beginning with https://. Never the secret itself.',
        example: 'https://teamcity.acme.example/admin/release/parameters',
      },
    ],
    finding,
    pollMs: null,
  });
}

/** Its token dies at the vendor anyway; this clears away the dead value. */
function removePlaced({ system }: OtherConfig, slot: Slot, answers: Answers): Outcome<void> {
  const answer = answers[REMOVED_FIELD]?.trim().toLowerCase() ?? '';
  if (answer === 'removed') return done(undefined);
  return human(
    humanTask({
      id: 'remove-credential',
      title: `Remove ${slot.secretName} from ${system}`,
      role: 'owner',
      instructions: [
        `In ${system}, open ${slot.target} and delete the secret ${slot.secretName}.`,
        'Write "removed" here, then press "Done".',
      ],
      fields: [
        {
          id: REMOVED_FIELD,
          label: 'Is it removed?',
          hint: 'The app cannot look there, so your word counts.',
          example: 'removed',
        },
      ],
      finding: answer === '' ? null : 'Write exactly "removed" once it is gone.',
      pollMs: null,
    }),
  );
}
