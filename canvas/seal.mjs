// After a build: the licenses of what went into the bundle, and a list of hashes over sources and bundle, in the form of sha256sum. A
// test of the house reads the list, so a bundle that is older than its sources is found without npm.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const assets = '../src/Sluice.Server/Console/Assets';

const parts = Object.entries(JSON.parse(readFileSync('package-lock.json', 'utf8')).packages)
  .filter(([path, about]) => path !== '' && !about.dev && !path.includes('/@types/'))
  .map(([path, about]) => {
    const license = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
    const text = license ? readFileSync(`${path}/${license}`, 'utf8').trim() : `License: ${about.license}`;
    return `${path.replace(/.*node_modules\//, '')} ${about.version}\n\n${text}\n`;
  });
writeFileSync(`${assets}/canvas.licenses.txt`, parts.join(`\n${'-'.repeat(72)}\n\n`));

const sources = ['package.json', 'package-lock.json', 'seal.mjs', 'tsconfig.json', 'vite.config.ts', ...readdirSync('src').map((name) => `src/${name}`)];
const bundle = ['canvas.css', 'canvas.js', 'canvas.licenses.txt'].map((name) => `${assets}/${name}`);
const lines = [...sources, ...bundle]
  .filter((path) => existsSync(path))
  .sort()
  .map((path) => `${createHash('sha256').update(readFileSync(path)).digest('hex')}  ${path}\n`);
writeFileSync('bundle.sha256', lines.join(''));
