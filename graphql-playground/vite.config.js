import { createHash } from 'node:crypto';
import { appendFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const LICENSES = 'licenses.md';

/** The fonts come in through CSS, where Vite's own list of licences does not see them. */
const FONTS = ['@fontsource-variable/inter', '@fontsource/fira-code'];

const fontLicenses = {
  name: 'font-licenses',
  apply: 'build',
  closeBundle() {
    for (const font of FONTS) {
      const read = (file) => readFileSync(new URL(`node_modules/${font}/${file}`, import.meta.url), 'utf8');
      const { version, license } = JSON.parse(read('package.json'));
      appendFileSync(
        new URL(`dist/${LICENSES}`, import.meta.url),
        `\n## ${font} - ${version} (${license})\n\n${read('LICENSE').trim()}\n`,
      );
    }
  },
};

/** What the page is built from, beside everything in `src/`. */
const SOURCES = ['index.html', 'package-lock.json', 'package.json', 'tsconfig.json', 'vite.config.js'];

/** Leaves a checksum of the sources with the page, so that a test can tell when it was not built anew. */
const sourcesChecksum = {
  name: 'sources-checksum',
  apply: 'build',
  closeBundle() {
    const root = fileURLToPath(new URL('.', import.meta.url));
    const inner = readdirSync(`${root}/src`, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(root, join(entry.parentPath, entry.name)));
    const hash = createHash('sha256');
    for (const path of [...SOURCES, ...inner].sort()) hash.update(`${path}\n`).update(readFileSync(join(root, path)));
    writeFileSync(join(root, 'dist/sources.sha256'), `${hash.digest('hex')}\n`);
  },
};

export default defineConfig({
  base: '/playground/',
  plugins: [fontLicenses, sourcesChecksum],
  build: {
    target: 'es2022',
    license: { fileName: LICENSES },
    // Every file keeps its own URL: the page's content security policy has no room for inlined scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 4000, // the editor (Monaco) is one piece of nearly 3 MB, 0.7 MB compressed
    rolldownOptions: {
      onwarn: (warning, warn) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || warn(warning),
      // Our own code apart from everyone else's, so that a change of ours renames (and commits anew) small files only.
      output: { codeSplitting: { groups: [{ name: 'vendor', test: /node_modules(?!.(monaco|prettier))/ }] } },
    },
  },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/graphql': { target: 'http://127.0.0.1:8000', ws: true },
      '/playground/config.json': 'http://127.0.0.1:8000',
    },
  },
});
