/** Resolves at the first Ctrl-C or SIGTERM; the second one ends the process at once. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    function onSignal(signal: NodeJS.Signals): void {
      if (asked) process.exit(130);
      asked = true;
      resolve(signal);
    }
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    // The terminal was closed.
    process.on('SIGHUP', onSignal);
  });
}
