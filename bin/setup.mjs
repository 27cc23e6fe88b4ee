// Makes a fresh clone ready to run: packages, then dist/ and the command manifest. Run by `npm start` and `npm test`.
// Plain JavaScript for Node 18 and newer, without any package: there may be none yet. Does only what is missing, and
// goes on where an interrupted run stopped: each part leaves its stamp when it is whole.
import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join, relative, resolve} from 'node:path'
import {fileURLToPath} from 'node:url'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const PACKAGES_STAMP = join(ROOT, 'node_modules', '.deploy-setup')
const BUILD_STAMP = join(ROOT, 'dist', '.deploy-setup')
const MANIFEST = join(ROOT, 'oclif.manifest.json')

checkNode()
const lock = digest([join(ROOT, 'package-lock.json')])
if (read(PACKAGES_STAMP) !== lock) installPackages()
const sources = digest(sourceFiles())
if (read(BUILD_STAMP) !== sources || !existsSync(MANIFEST)) build()

function checkNode() {
  if (Number(process.versions.node.split('.')[0]) >= 18) return
  fail(
    `this is node ${process.versions.node}, and setting up needs node 18 or newer`,
    'Install a newer Node.js: https://nodejs.org',
  )
}

function installPackages() {
  if (!isInstalled()) {
    step('install packages with npm (about half a minute, once) …', () => {
      // npm ci refuses when the registry lacks packages that only other systems need; npm install copes with that.
      if (runNpm('pipe', 'ci').status === 0) return
      const {status, signal} = runNpm('inherit', 'install', '--no-save')
      if (status !== 0)
        fail(`npm install ended with ${status ?? signal}`, 'See above; then run the same command again')
    })
  }
  writeFileSync(PACKAGES_STAMP, lock)
}

/** npm writes its own record last; it tells whether what is there is what the lock file wants. */
function isInstalled() {
  const wanted = JSON.parse(read(join(ROOT, 'package-lock.json')) ?? '{}').packages ?? {}
  const present = JSON.parse(read(join(ROOT, 'node_modules', '.package-lock.json')) ?? '{}').packages
  if (present === undefined) return false
  const required = Object.entries(wanted).filter(
    ([path, {optional, devOptional}]) => path !== '' && !optional && !devOptional,
  )
  return required.every(([path, {version}]) => present[path]?.version === version)
}

function runNpm(output, ...command) {
  const [program, args] = npm()
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  const result = run(program, [...args, ...command, '--include=dev', ...quiet], output)
  if (result.error?.code !== 'ENOENT') return result
  return fail('there is no npm on the PATH', 'Install Node.js together with npm: https://nodejs.org')
}

/** npm tells scripts which npm started them; that one fits the running node. */
function npm() {
  const path = process.env.npm_execpath
  return path?.endsWith('.js') ? [process.execPath, [path]] : ['npm', []]
}

function build() {
  step('build dist/ and the command manifest (about 5 s) …', () => {
    // First away, written last: a manifest older than the commands would hide new ones.
    rmSync(MANIFEST, {force: true})
    rmSync(BUILD_STAMP, {force: true})
    runOwn(['bin/bundle.mjs'], 'bundle src/')
    if (existsSync(join(ROOT, 'dist', 'commands')))
      runOwn(['node_modules/oclif/bin/run.js', 'manifest'], 'write the command manifest')
    mkdirSync(dirname(BUILD_STAMP), {recursive: true})
    writeFileSync(BUILD_STAMP, sources)
  })
}

/** Run a script with the node that came with the packages: the tools want a newer one than may have started us. */
function runOwn(args, doing) {
  const own = join(ROOT, 'node_modules', '.bin', 'node')
  const result = run(existsSync(own) ? own : process.execPath, args, 'pipe')
  if (result.status === 0) return
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
  fail(`${doing} ended with ${result.status ?? result.signal}`, 'See above; then run the same command again')
}

function run(program, args, output = 'inherit') {
  return spawnSync(program, args, {cwd: ROOT, encoding: 'utf8', stdio: ['ignore', output, output]})
}

function step(title, action) {
  const startedMs = Date.now()
  process.stdout.write(`set up: ${title}\n`)
  action()
  process.stdout.write(`set up: done in ${((Date.now() - startedMs) / 1000).toFixed(1)} s\n`)
}

function sourceFiles() {
  const settings = ['bin/bundle.mjs', 'package.json', 'package-lock.json'].map(name => join(ROOT, name))
  return [...settings, ...walk(join(ROOT, 'src'))]
}

function walk(dir) {
  if (!existsSync(dir)) return []
  return readdirSync(dir)
    .sort()
    .flatMap(name => {
      const path = join(dir, name)
      return statSync(path).isDirectory() ? walk(path) : [path]
    })
}

function digest(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${relative(ROOT, file)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

function fail(problem, cure) {
  process.stderr.write(`set up: ${problem}\n${cure}\n`)
  process.exit(1)
}
