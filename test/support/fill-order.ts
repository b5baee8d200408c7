export { fillOrder, GITLAB_ORDER } from '../../src/sandbox/fill-form.ts';
export type { FormOrder } from '../../src/sandbox/fill-form.ts';
