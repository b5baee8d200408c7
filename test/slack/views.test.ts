import { describe, expect, test } from 'vitest';

import type { Finding } from '../../src/domain/finding.ts';
import { STATES } from '../../src/domain/request.ts';
import { lintBlocks } from '../../src/slack/lint-blocks.ts';
import { errorSentence, refusalSentence } from '../../src/slack/sentences.ts';
import { doctorAnswer, helpAnswer, statusAnswer } from '../../src/slack/views/answers.ts';
import { denyView } from '../../src/slack/views/deny-view.ts';
import { depositView } from '../../src/slack/views/deposit-view.ts';
import { outcomeDirectMessage, ownerDirectMessage } from '../../src/slack/views/direct-messages.ts';
import { homeView, refusedHomeView } from '../../src/slack/views/home-view.ts';
import { loadingView, noticeView, sentView } from '../../src/slack/views/notice-view.ts';
import {
  confirmationMessage,
  failureMessage,
  pastFailureMessage,
} from '../../src/slack/views/outcome-messages.ts';
import type { BlockStyle } from '../../src/slack/views/plan-blocks.ts';
import { requestCard } from '../../src/slack/views/request-card.ts';
import { requestForm } from '../../src/slack/views/request-form.ts';
import {
  closedTaskMessage,
  taskDirectMessage,
  taskMessage,
} from '../../src/slack/views/task-message.ts';
import { taskView } from '../../src/slack/views/task-view.ts';
import { say } from '../../src/slack/text.ts';
import { ProductError } from '../../src/domain/errors.ts';
import {
  aCatalogue,
  aFlowUser,
  anAccount,
  anAutomation,
  anIntegration,
  aRequest,
  aTask,
  aWaitingRequest,
  HOSTILE,
  NOW,
} from './builders.ts';
import {
  harmIn,
  hugeAccount,
  hugeCatalogue,
  hugeOrders,
  hugeRequest,
  hugeTask,
  LONG,
  URL_LONG,
  wrongWith,
} from './huge.ts';

describe('the request card', () => {
  const styles: BlockStyle[] = ['plan', 'plain'];

  test.each(styles)('passes the linter in every state with little content (%s)', (style) => {
    const data = { catalogue: aCatalogue(), style, similar: [] };

    for (const state of STATES) {
      for (const order of [anIntegration(), anAutomation(), aFlowUser()]) {
        expect(wrongWith(requestCard(aRequest({ state, order }), data))).toEqual([]);
      }
    }
  });

  test.each(styles)('passes the linter with everything at its longest (%s)', (style) => {
    const similar = hugeOrders().map((order) => aRequest({ id: 'SA-000000', order }));

    for (const order of hugeOrders()) {
      for (const state of STATES) {
        const data = { catalogue: hugeCatalogue(), style, similar };
        expect(wrongWith(requestCard(hugeRequest(order, { state }), data))).toEqual([]);
      }
    }
  });

  test('shows approvers what the account will be allowed, and why they are asked', () => {
    const card = requestCard(aRequest(), {
      catalogue: aCatalogue({ storeWarning: 'This store is on one machine only.' }),
      style: 'plan',
      similar: [aRequest({ id: 'SA-OTHER1' })],
    });

    const text = JSON.stringify(card.blocks);
    expect(text).toContain('Reporter in the chosen groups');
    expect(text).toContain('read_api, read_user, read_repository');
    expect(text).toContain('Flow cannot add webhooks.');
    expect(text).toContain('acme/platform (group)');
    expect(text).toContain('0 of 1 approval so far');
    expect(text).toContain('<@U0APPROVER>, <!subteam^S0APPROVERS>');
    expect(text).toContain('This store is on one machine only.');
    expect(text).toContain('SA-OTHER1');
    expect(card.text).toBe(
      'SA-7K3F9Q, Service account to connect Flow to GitLab acme, asked for by <@U0ASKER>: Waiting for approval.',
    );
  });

  test('has no buttons once it is decided, and says who decided', () => {
    const denied = aRequest({
      state: 'denied',
      decisions: [{ by: 'U0APPROVER', verdict: 'deny', reason: HOSTILE, at: NOW }],
    });

    const card = requestCard(denied, { catalogue: aCatalogue(), style: 'plan', similar: [] });

    expect(card.blocks.some(({ type }) => type === 'actions')).toBe(false);
    expect(JSON.stringify(card.blocks)).toContain('Denied by <@U0APPROVER>');
    expect(harmIn(card)).toEqual([]);
  });

  test('asks to confirm an approval and states its effect', () => {
    const card = requestCard(aRequest(), { catalogue: aCatalogue(), style: 'plan', similar: [] });

    const text = JSON.stringify(card.blocks.find(({ type }) => type === 'actions'));
    expect(text).toContain('Approve SA-7K3F9Q?');
    expect(text).toContain('is then made at once');
  });

  test('warns of what an Admin of Flow sees', () => {
    const order = aFlowUser({ role: 'admin', permissions: [] });

    const card = requestCard(aRequest({ order }), {
      catalogue: aCatalogue(),
      style: 'plain',
      similar: [],
    });

    expect(JSON.stringify(card.blocks)).toContain('sees and can change everything in Flow');
  });
});

describe('the request form', () => {
  function form(draft: Parameters<typeof requestForm>[0], catalogue = aCatalogue(), similar = 0) {
    const others = Array.from({ length: similar }, () => aRequest());
    return requestForm(draft, { catalogue, requester: 'U0ASKER', similar: others });
  }

  const drafts: Parameters<typeof requestForm>[0][] = [
    {},
    { kind: 'integration' },
    { kind: 'integration', connection: 'gitlab-acme' },
    { kind: 'automation', connection: 'gitlab-acme', automation: 'gitlab-ci' },
    { kind: 'flow-user' },
    { kind: 'flow-user', role: 'admin' },
    { kind: 'flow-user', role: 'permissions' },
    { kind: 'no-such-kind' },
  ];

  test.each(drafts)('passes the linter for %j', (draft) => {
    expect(lintBlocks('modal', form(draft))).toEqual([]);
  });

  test.each(drafts)('passes the linter at its longest for %j', (draft) => {
    const longest = {
      ...draft,
      connection: 'connection-149',
      automation: 'automation-149',
      localPart: HOSTILE,
      purpose: LONG,
    };

    const view = form(longest, hugeCatalogue(), 60);

    expect(lintBlocks('modal', view)).toEqual([]);
    expect(harmIn(view)).toEqual([]);
  });

  test('says what is missing when nothing is configured', () => {
    const empty = aCatalogue({ connections: [], automations: [] });

    for (const kind of ['integration', 'automation']) {
      const view = form({ kind }, empty);
      expect(lintBlocks('modal', view)).toEqual([]);
      expect(JSON.stringify(view)).toContain('Please ask the operator of this app to add one');
    }
  });

  test('asks for the kind alone at first, and shows nothing of the configuration', () => {
    const view = form({});

    expect(view.blocks).toHaveLength(1);
    expect(JSON.stringify(view)).not.toContain('GitLab');
  });

  test('offers an automation only Git hosts', () => {
    expect(JSON.stringify(form({ kind: 'automation' }))).not.toContain('"Jira"');
    expect(JSON.stringify(form({ kind: 'integration' }))).toContain('"Jira"');
  });

  test('searches connections when there are more than a list can hold', () => {
    const view = form({ kind: 'integration' }, hugeCatalogue());

    expect(JSON.stringify(view)).toContain('external_select');
  });

  test('keeps the ids of shared inputs and changes those of inputs that depend on a choice', () => {
    const ids = (draft: Parameters<typeof requestForm>[0]) =>
      form(draft).blocks.flatMap(({ block_id: id }) => id ?? []);

    const first = ids({ kind: 'integration', connection: 'gitlab-acme' });
    const second = ids({ kind: 'flow-user' });

    for (const shared of ['kind', 'purpose', 'owner', 'secondOwner', 'rotationDays']) {
      expect(first).toContain(shared);
      expect(second).toContain(shared);
    }
    expect(first).toContain('scope:gitlab-acme');
    expect(second.join(' ')).not.toContain('scope');
  });

  test('proposes a name for each kind and keeps one that was typed', () => {
    const name = (draft: Parameters<typeof requestForm>[0]) => JSON.stringify(form(draft));

    expect(name({ kind: 'automation', localPart: 'flow-integrations' })).toContain(
      '"initial_value":"automation"',
    );
    expect(name({ kind: 'automation', localPart: 'nightly' })).toContain(
      '"initial_value":"nightly"',
    );
  });

  test('shows the address that will be made, or what is wrong with the name', () => {
    const text = (localPart: string) =>
      JSON.stringify(form({ kind: 'integration', localPart }).blocks);

    expect(text('nightly')).toContain('nightly@acme.example');
    expect(text('No Spaces')).toContain('cannot be an address');
    expect(text('')).toContain('appears here as you type');
  });

  test('warns of an account with the same purpose or address before it is sent', () => {
    const view = form({ kind: 'integration' }, aCatalogue(), 1);

    expect(JSON.stringify(view)).toContain('An account with the same purpose or address exists.');
  });
});

describe('modals and the Home tab', () => {
  test('pass the linter at their shortest and longest', () => {
    const views = [
      loadingView(),
      noticeView(say`${LONG}`),
      sentView('SA-7K3F9Q', 'C0CHANNEL', true),
      sentView('SA-7K3F9Q', 'C0CHANNEL', false),
      denyView('SA-7K3F9Q', '{}'),
      taskView(aTask({ fields: [{ id: 'login', label: 'Login', hint: '', example: '' }] }), '{}'),
      taskView(hugeTask(), '{}'),
      depositView({ label: LONG, secretName: LONG }, { url: URL_LONG, code: '123-456' }, LONG),
      depositView({ label: 'Token', secretName: 'flow-sa-7k3f9q-token' }, null, 'Vault'),
    ];

    for (const view of views) {
      expect(lintBlocks('modal', view)).toEqual([]);
      expect(harmIn(view)).toEqual([]);
    }
  });

  test('the Home tab passes the linter empty and full', () => {
    const nothing = { decisions: [], tasks: [], mine: [], accounts: [], totals: null };
    const empty = { ...nothing, catalogue: aCatalogue() };
    const many = Array.from({ length: 80 }, () => hugeRequest(anIntegration({ purpose: LONG })));
    const tasks = many.map((request) => ({ request, title: LONG, url: URL_LONG }));
    const accounts = Array.from({ length: 50 }, () => hugeAccount());
    const totals = [
      { state: 'active' as const, kind: 'integration' as const, health: 'broken', count: 1e9 },
    ];
    const lists = { decisions: many, tasks, mine: many, accounts, totals };
    const full = { ...lists, catalogue: hugeCatalogue() };

    for (const view of [
      homeView({ ...empty, urlOf: () => null }),
      homeView({ ...full, urlOf: () => URL_LONG }),
      refusedHomeView(say`${LONG}`),
    ]) {
      expect(lintBlocks('home', view)).toEqual([]);
      expect(harmIn(view)).toEqual([]);
    }
  });
});

describe('messages', () => {
  test('tasks pass the linter at their shortest and longest', () => {
    for (const task of [aTask(), aTask({ instructions: [], links: [] }), hugeTask()]) {
      const request = aWaitingRequest(task);
      expect(wrongWith(taskMessage(request, 'vendor-user', task))).toEqual([]);
      expect(wrongWith(taskDirectMessage(request, task, null))).toEqual([]);
      expect(wrongWith(taskDirectMessage(request, task, URL_LONG))).toEqual([]);
      expect(wrongWith(closedTaskMessage(task.title, true))).toEqual([]);
      expect(wrongWith(closedTaskMessage(task.title, false))).toEqual([]);
    }
  });

  test('a task shows its instructions in order, its links, and what the last check saw', () => {
    const task = aTask({
      finding: 'The invitation is still pending.',
      warnings: ['Do not use a personal account.'],
      deposit: { label: 'Token', secretName: 'flow-sa-7k3f9q-token' },
    });

    const text = JSON.stringify(taskMessage(aWaitingRequest(task), 'vendor-user', task));

    expect(text).toContain('1. Open the sign-up page.\\n2. Use the address');
    expect(text).toContain('https://github.example/signup');
    expect(text).toContain('The invitation is still pending.');
    expect(text).toContain('Do not use a personal account.');
    expect(text).toContain('Get the one-time page');
    expect(text).toContain('<@U0ADMIN>');
  });

  test('a task links to no address that a browser must not open', () => {
    const task = aTask({ links: [{ label: 'Open', url: 'javascript:alert(1)' }] });

    const text = JSON.stringify(taskMessage(aWaitingRequest(task), 'vendor-user', task));

    expect(text).not.toContain('javascript');
  });

  test('outcomes pass the linter at their shortest and longest', () => {
    const failure = { step: 'credential', code: 'unavailable', message: LONG, at: NOW } as const;
    const account = anAccount({
      login: LONG,
      verification: {
        ...anAccount().verification,
        role: LONG,
        scopes: Array.from({ length: 60 }, () => LONG),
        isNot: Array.from({ length: 60 }, () => LONG),
        sees: { count: 3, noun: LONG, sample: Array.from({ length: 60 }, () => LONG) },
      },
      secret: { store: 'vault', name: LONG, version: '1', url: URL_LONG },
      page: { id: '9', url: URL_LONG },
    });
    const request = hugeRequest(anIntegration(), { state: 'done' });

    expect(wrongWith(failureMessage(request, failure, hugeCatalogue()))).toEqual([]);
    expect(
      wrongWith(failureMessage(aRequest(), { ...failure, message: 'No.' }, aCatalogue())),
    ).toEqual([]);
    expect(wrongWith(pastFailureMessage())).toEqual([]);
    expect(wrongWith(confirmationMessage(request, account, hugeCatalogue()))).toEqual([]);
    expect(wrongWith(confirmationMessage(aRequest(), anAccount(), aCatalogue()))).toEqual([]);
    expect(wrongWith(ownerDirectMessage(request, account, account.owner))).toEqual([]);
  });

  test('the confirmation says what was verified, and where credential and page are', () => {
    const message = confirmationMessage(aRequest({ state: 'done' }), anAccount(), aCatalogue());

    const text = JSON.stringify(message.blocks);
    expect(text).toContain('Reporter in acme/platform');
    expect(text).toContain('read_api, read_user, read_repository');
    expect(text).toContain('sees 12 repositories');
    expect(text).toContain(
      '<https://vault.example/ui/flow-sa-7k3f9q-token|Open the stored credential>',
    );
    expect(text).toContain('<https://wiki.example/pages/9|Open the page in Confluence>');
    expect(text).toContain('next renewal');
    expect(text).toContain('<@U0OWNER>');
  });

  test('the confirmation repeats what the other end says, so that a mere word passes for no more', () => {
    const plain = aRequest({ state: 'done' });
    const says = 'A person has confirmed it. The app cannot look there.';
    const steps = plain.steps.map((step) =>
      step.id === 'verify-connection' ? { ...step, facts: { says } } : step,
    );

    const message = confirmationMessage({ ...plain, steps }, anAccount(), aCatalogue());

    expect(JSON.stringify(message.blocks)).toContain(`Connection: ${says}`);
  });

  test('the confirmation says when a page that somebody deleted was published again', () => {
    const plain = aRequest({ state: 'done' });
    const steps = plain.steps.map((step) =>
      step.id === 'confirm' ? { ...step, facts: { pageWasDeleted: true } } : step,
    );

    const message = confirmationMessage({ ...plain, steps }, anAccount(), aCatalogue());

    expect(JSON.stringify(message.blocks)).toContain('no longer where it was');
  });

  test('a failure names its step, what is kept, and the two ways on', () => {
    const request = aRequest({
      state: 'failed',
      failure: { step: 'credential', code: 'unavailable', message: 'GitLab is down.', at: NOW },
      steps: aRequest().steps.map((step, index) =>
        index < 2 ? { ...step, state: 'done' as const } : step,
      ),
    });

    const text = JSON.stringify(failureMessage(request, request.failure!, aCatalogue()));

    expect(text).toContain('Stopped at “Step credential”');
    expect(text).toContain('Step address');
    expect(text).toContain('Try again');
    expect(text).toContain('Stop and undo');
  });

  test('direct messages exist for exactly the outcomes and pass the linter', () => {
    const messages = STATES.map((state) => {
      const request = hugeRequest(anIntegration(), { state });
      return outcomeDirectMessage(request, anAccount(), hugeCatalogue(), URL_LONG);
    });
    const told = STATES.filter((_, index) => messages[index] !== undefined);
    const sent = messages.filter((one) => one !== undefined);

    expect(sent.flatMap(wrongWith)).toEqual([]);
    expect(told).toEqual(
      STATES.filter((state) => !['pending', 'undoing', 'cancelled'].includes(state)),
    );
  });

  test('answers to the command pass the linter at their shortest and longest', () => {
    const findings: Finding[] = Array.from({ length: 90 }, (_, index) => ({
      level: (['ok', 'warning', 'problem'] as const)[index % 3] ?? 'ok',
      subject: LONG,
      message: LONG,
      advice: index % 2 === 0 ? LONG : null,
    }));
    const huge = hugeRequest(anIntegration(), { state: 'failed' });

    expect(wrongWith(helpAnswer(null))).toEqual([]);
    expect(wrongWith(helpAnswer(LONG))).toEqual([]);
    expect(wrongWith(statusAnswer(aRequest(), aCatalogue(), null))).toEqual([]);
    expect(wrongWith(statusAnswer(huge, hugeCatalogue(), URL_LONG))).toEqual([]);
    expect(wrongWith(doctorAnswer([]))).toEqual([]);
    expect(wrongWith(doctorAnswer(findings))).toEqual([]);
  });

  test('doctor shows the worst first', () => {
    const findings: Finding[] = [
      { level: 'ok', subject: 'A', message: 'Fine.', advice: null },
      { level: 'problem', subject: 'B', message: 'Broken.', advice: 'Mend it.' },
    ];

    const text = JSON.stringify(doctorAnswer(findings).blocks);

    expect(text.indexOf('Broken')).toBeLessThan(text.indexOf('Fine'));
    expect(text).toContain('Mend it.');
  });
});

describe('sentences', () => {
  test('a late click is told who decided, and when', () => {
    const request = aRequest({
      state: 'denied',
      decisions: [{ by: 'U0OTHER', verdict: 'deny', reason: 'no', at: NOW }],
    });

    expect(refusalSentence('already-decided', request).mrkdwn).toContain(
      'SA-7K3F9Q was already denied by <@U0OTHER> on',
    );
  });

  test('an error says what happened and what to do, and its text cannot mention anybody', () => {
    const error = new ProductError('unavailable', { subject: 'GitLab', message: HOSTILE });

    const text = errorSentence(error).mrkdwn;

    expect(text).toContain('Please try again in a few minutes.');
    expect(text).not.toMatch(/<[!@h]/);
  });
});
