import type { Button } from '@slack/types';

import type { AccountView } from '../../accounts/inventory.ts';
import { button } from '../blocks.ts';
import { ACTION } from '../ids.ts';
import { accountButton, rotateButton } from './account-messages.ts';

/** What this person may do with the account now; while something is under way, only look. */
export function accountButtons({ account, may, underWay }: AccountView): Button[] {
  const free = underWay === null;
  return [
    ...(may.lookAfter ? [accountButton('check', 'Check now', account)] : []),
    ...(free && may.rotate ? [rotateButton(account)] : []),
    ...(may.lookAfter ? [accountButton('handOver', 'Hand over…', account)] : []),
    ...(free && may.close ? [accountButton('close', 'Close…', account, 'danger')] : []),
    ...(may.seeStory ? [storyButton(account.id)] : []),
  ];
}

function storyButton(id: string): Button {
  return button({
    id: ACTION.accountStory,
    label: 'What happened',
    spoken: `What happened with ${id}`,
    value: id,
  });
}
