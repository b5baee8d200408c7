// Makes a fresh checkout ready with nothing but Node 20 and npm: installs from the lockfile when
// needed. Runs before every script, so it does nothing but two stats when all is well.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.installed-from');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(process.platform + process.arch)
  .digest('hex');
const windows = process.platform === 'win32';
const node = join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted || !existsSync(node)) install();

function install() {
  process.stderr.write('Installing the packages of package-lock.json (once)…\n');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: windows,
  });
  if (result.status !== 0) {
    process.stderr.write(
      'npm ci failed; the lines above say why. Run the command again when that is mended.\n',
    );
    process.exit(result.status ?? 1);
  }
  if (!existsSync(node)) {
    process.stderr.write(
      'The package "node" brought no Node 24: are install scripts switched off? Try: npm config set ignore-scripts false\n',
    );
    process.exit(1);
  }
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  writeFileSync(stamp, wanted);
  process.stderr.write(`Ready, with Node ${version}.\n`);
}
