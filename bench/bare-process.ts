import { startBareBolt } from './bare-bolt.ts';

// The floor of `start-and-memory.ts`: a process with nothing but Bolt in it.
const [signingSecret = '', botToken = ''] = process.argv.slice(2);
const { eventsUrl } = await startBareBolt({ slackApiUrl: '', signingSecret, botToken });
process.send?.(eventsUrl);
