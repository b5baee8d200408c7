// Runs in a thread of its own, whose flags keep Node from calling type stripping experimental on
// the operator's terminal.
import { stripTypeScriptTypes } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';

const sources = workerData as Readonly<Record<string, string>>;
parentPort?.postMessage(
  Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [name, stripTypeScriptTypes(source)]),
  ),
);
