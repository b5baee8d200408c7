import type { App, ViewSubmitAction } from '@slack/bolt';

import type { RoomDeps } from '../../deps.ts';
import { VIEW } from '../../ids.ts';
import { submitClose, submitHandOver, submitSnooze } from './account-forms.ts';
import { submitAloneReason, submitDenyReason } from './decision-reason.ts';
import { submitRequestForm } from './request-form.ts';
import { submitSettings } from './settings.ts';
import { submitTaskAnswers } from './task-answers.ts';

export function registerViews(app: App, deps: RoomDeps): void {
  app.view<ViewSubmitAction>(VIEW.request, (args) => submitRequestForm(args, deps));
  app.view<ViewSubmitAction>(VIEW.closeAccount, (args) => submitClose(args, deps));
  app.view<ViewSubmitAction>(VIEW.snooze, (args) => submitSnooze(args, deps));
  app.view<ViewSubmitAction>(VIEW.handOver, (args) => submitHandOver(args, deps));
  app.view<ViewSubmitAction>(VIEW.deny, (args) => submitDenyReason(args, deps));
  app.view<ViewSubmitAction>(VIEW.approveAlone, (args) => submitAloneReason(args, deps));
  app.view<ViewSubmitAction>(VIEW.settings, (args) => submitSettings(args, deps));
  app.view<ViewSubmitAction>(VIEW.answers, (args) => submitTaskAnswers(args, deps));
}
