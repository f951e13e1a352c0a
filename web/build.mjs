// Builds the capture library and the pages. `--check` compares what would be
// built with what is committed, `--tests` builds the unit
// tests, `--browser-tests` those that drive a browser.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { build } from 'esbuild';

const web = dirname(fileURLToPath(import.meta.url));
/** Where the pages stand for the binary to embed. */
const assets = join(web, '../crates/flow/assets');
const target = ['es2022', 'chrome100', 'firefox115', 'safari15.4'];
const browser = { bundle: true, format: 'esm', target, minify: true, write: false, absWorkingDir: web };

async function library() {
  const dist = join(web, 'sdk/dist');
  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });
  const built = await build({ ...browser, entryPoints: ['sdk/src/index.ts'], sourcemap: false });
  await writeFile(join(dist, 'index.js'), built.outputFiles[0].contents);
  const tsc = join(web, 'node_modules/.bin/tsc');
  const done = spawnSync(tsc, ['-p', join(web, 'sdk')], { stdio: 'inherit' });
  if (done.status !== 0) process.exit(1);
}

/** The pages' files, by name. */
async function pages() {
  const files = new Map();
  const script = await build({ ...browser, entryPoints: ['flow/src/main.ts'] });
  files.set('flow.js', script.outputFiles[0].text);
  const style = await build({ ...browser, entryPoints: ['flow/src/flow.css'] });
  files.set('flow.css', style.outputFiles[0].text);
  files.set('index.html', await readFile(join(web, 'flow/src/index.html'), 'utf8'));
  for (const name of await readdir(join(web, 'flow/texts'))) {
    const texts = JSON.parse(await readFile(join(web, 'flow/texts', name), 'utf8'));
    files.set(`texts/${name}`, `${JSON.stringify(texts)}\n`);
  }
  return files;
}

/** Tests for node: of the library and the pages, or in a browser. */
async function tests(folders, name) {
  const outdir = join(web, 'target', name);
  await rm(outdir, { recursive: true, force: true });
  const entryPoints = [];
  for (const folder of folders) {
    const names = await readdir(join(web, folder));
    entryPoints.push(...names.filter((one) => one.endsWith('.test.ts')).map((one) => `${folder}/${one}`));
  }
  await build({
    entryPoints,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    target: 'node20',
    outdir,
    outExtension: { '.js': '.mjs' },
    sourcemap: 'inline',
    absWorkingDir: web,
  });
}

/** Scripts that tests put into pages. */
async function inPages() {
  const entryPoints = ['test/page/stepped.ts', 'test/page/mirror.ts'];
  await build({ ...browser, write: true, minify: false, entryPoints, outdir: join(web, 'target/page') });
}

const [mode] = process.argv.slice(2);
if (mode === '--library') {
  await library();
} else if (mode === '--tests') {
  await tests(['sdk/test', 'flow/test'], 'unit');
} else if (mode === '--browser-tests') {
  await tests(['test'], 'browser');
  await inPages();
} else if (mode === '--check') {
  const stale = [];
  for (const [name, text] of await pages()) {
    const committed = await readFile(join(assets, name), 'utf8').catch(() => '');
    if (committed !== text) stale.push(name);
  }
  if (stale.length > 0) {
    console.error(`crates/flow/assets is not what web/ builds: ${stale.join(', ')}; run \`npm run build\` in web/`);
    process.exit(1);
  }
} else {
  await library();
  await rm(assets, { recursive: true, force: true });
  await mkdir(join(assets, 'texts'), { recursive: true });
  for (const [name, text] of await pages()) await writeFile(join(assets, name), text);
}
