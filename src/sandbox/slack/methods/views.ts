import { z } from 'zod';

import { describeView, openModal, publishHome, pushModal, updateView } from '../modals.ts';
import { invalid, SlackRefusal } from '../slack-refusal.ts';
import { defineMethod } from './method.ts';
import type { Methods } from './method.ts';

const triggered = z.looseObject({ trigger_id: z.string(), view: z.unknown() });

/** Modals and the Home tab. */
export const VIEW_METHODS: Methods = {
  'views.open': defineMethod({
    tier: 'tier4',
    args: triggered,
    run(args, world) {
      const userId = world.triggers.exchange(args.trigger_id);
      return { view: describeView(world, openModal(world, userId, args.view)) };
    },
  }),
  'views.push': defineMethod({
    tier: 'tier4',
    args: triggered,
    run(args, world) {
      const userId = world.triggers.exchange(args.trigger_id);
      return { view: describeView(world, pushModal(world, userId, args.view)) };
    },
  }),
  'views.update': defineMethod({
    tier: 'tier4',
    args: z.looseObject({
      view_id: z.string().optional(),
      external_id: z.string().optional(),
      hash: z.string().optional(),
      view: z.unknown(),
    }),
    run(args, world) {
      if (args.view_id === undefined && args.external_id === undefined) {
        throw invalid('invalid_arguments', ['missing required field: view_id']);
      }
      const target = { id: args.view_id, externalId: args.external_id };
      return { view: describeView(world, updateView(world, target, args.view, args.hash)) };
    },
  }),
  'views.publish': defineMethod({
    tier: 'tier4',
    args: z.looseObject({ user_id: z.string(), hash: z.string().optional(), view: z.unknown() }),
    run(args, world) {
      if (!world.homeTab) throw new SlackRefusal('not_enabled');
      const person = world.people.get(args.user_id);
      if (person === undefined || person.deleted || person.isBot) {
        throw invalid('invalid_arguments', ['invalid `user_id`']);
      }
      return { view: describeView(world, publishHome(world, person.id, args.view, args.hash)) };
    },
  }),
};
