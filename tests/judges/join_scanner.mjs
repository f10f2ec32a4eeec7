// Joins the scanner page's modules into the one file that it loads: `make join`. The modules stay
// the source; code_reader.js, which is large and seldom needed, stays a file of its own.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../../certstore/web/static', import.meta.url));
const written = process.argv[2] === '--print' ? { write: false } : {};
const { outputFiles } = await build({
  absWorkingDir: folder,
  entryPoints: ['scan.js'],
  outfile: 'scan_joined.js',
  external: ['./code_reader.js'],
  banner: { js: '// Made by `make join` from scan.js and what it imports: not edited by hand.' },
  bundle: true,
  format: 'esm',
  minify: true,
  charset: 'utf8',
  logLevel: 'warning',
  ...written,
});
if (outputFiles) process.stdout.write(outputFiles[0].contents);
