import type { App, ViewSubmitAction } from '@slack/bolt';

import type { RoomDeps } from '../../deps.ts';
import { VIEW } from '../../ids.ts';
import { submitDenyReason } from './deny-reason.ts';
import { submitRequestForm } from './request-form.ts';
import { submitTaskAnswers } from './task-answers.ts';

export function registerViews(app: App, deps: RoomDeps): void {
  app.view<ViewSubmitAction>(VIEW.request, (args) => submitRequestForm(args, deps));
  app.view<ViewSubmitAction>(VIEW.deny, (args) => submitDenyReason(args, deps));
  app.view<ViewSubmitAction>(VIEW.answers, (args) => submitTaskAnswers(args, deps));
}
