/** "1 project", "3 repositories": how many of what; `things` is a regular English plural. */
export function counted(count: number, things: string): string {
  return `${count} ${count === 1 ? singular(things) : things}`;
}

function singular(things: string): string {
  return things.endsWith('ies') ? `${things.slice(0, -'ies'.length)}y` : things.replace(/s$/, '');
}
