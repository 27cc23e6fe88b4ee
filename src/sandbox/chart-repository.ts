import {createHash} from 'node:crypto'
import {copyFile, mkdir, readdir, readFile, stat} from 'node:fs/promises'
import {availableParallelism} from 'node:os'
import {join} from 'node:path'
import {stringify} from 'yaml'
import {ToolError} from '../errors.ts'
import {exec} from '../tools/exec.ts'
import {helmEnv} from './host-files.ts'
import {type SandboxPaths, sandboxScript} from './paths.ts'
import {readIfPresent, writePrivate} from '../tools/own-files.ts'
import type {ProcessSpec} from './processes.ts'
import type {SandboxPorts} from './state.ts'

/** The name under which helmfiles know the chart repository. */
const REPOSITORY = 'wmf-stable'

/** Chart directory name → digest of its files when it was packaged. */
type Stamps = Record<string, string>

/** Package the charts that changed since the last time, and tell helm of the repository. */
export async function publishCharts(paths: SandboxPaths, tree: string, helm: string): Promise<number> {
  await mkdir(paths.charts, {recursive: true, mode: 0o700})
  const stampsFile = join(paths.charts, 'packaged.json')
  const before = JSON.parse((await readIfPresent(stampsFile)) ?? '{}') as Stamps
  const now = await digestCharts(join(tree, 'charts'))
  const changed = Object.keys(now).filter(name => now[name] !== before[name])
  const run = (args: string[], doing: string) => runHelm(helm, args, helmEnv(paths), doing)
  await packageAll(
    changed.map(name => join(tree, 'charts', name)),
    paths,
    run,
  )
  if (changed.length > 0 || !(await readIfPresent(join(paths.charts, 'index.yaml')))) {
    await run(['repo', 'index', paths.charts], `index the charts in ${paths.charts}`)
  }
  await writePrivate(stampsFile, `${JSON.stringify(now, null, 2)}\n`)
  return changed.length
}

/** What makes `helm pull wmf-stable/X` work, without a `helm repo add` that would ask the server. */
export async function registerRepository(paths: SandboxPaths, ports: SandboxPorts): Promise<void> {
  const url = `http://127.0.0.1:${ports.charts}`
  const file = {apiVersion: '', generated: '0001-01-01T00:00:00Z', repositories: [{name: REPOSITORY, url}]}
  await writePrivate(join(paths.helm.config, 'repositories.yaml'), stringify(file))
  const cached = join(paths.helm.cache, 'repository')
  await mkdir(cached, {recursive: true, mode: 0o700})
  await mkdir(paths.helm.data, {recursive: true, mode: 0o700})
  await copyFile(join(paths.charts, 'index.yaml'), join(cached, `${REPOSITORY}-index.yaml`))
}

/** The process that serves the packaged charts. */
export function chartsServer(paths: SandboxPaths, ports: SandboxPorts): ProcessSpec {
  const script = sandboxScript('charts-server')
  return {name: 'charts', program: process.execPath, args: [script, paths.charts, String(ports.charts)]}
}

type RunHelm = (args: string[], doing: string) => Promise<void>

async function packageAll(dirs: string[], paths: SandboxPaths, run: RunHelm): Promise<void> {
  const waiting = [...dirs]
  const worker = async () => {
    for (let dir = waiting.pop(); dir !== undefined; dir = waiting.pop()) {
      await run(['package', dir, '--destination', paths.charts], `package the chart ${dir}`)
    }
  }
  await Promise.all(Array.from({length: availableParallelism()}, worker))
}

async function runHelm(
  helm: string,
  args: string[],
  env: Record<string, string>,
  doing: string,
): Promise<void> {
  const result = await exec(helm, args, {env})
  if (!result.failed) return
  throw new ToolError(
    'bad-render',
    `${doing}: helm ended with ${result.exitCode ?? 'a signal'}: ${result.stderr}`,
    {
      tool: 'helm',
      toolExitCode: result.exitCode,
      stderrTail: result.stderr.slice(-2000),
      hint: 'Mend the chart, then run deploy sandbox up again',
    },
  )
}

async function digestCharts(dir: string): Promise<Stamps> {
  const names = await readdir(dir)
  const entries = await Promise.all(
    names.map(async name => {
      const isChart = await stat(join(dir, name, 'Chart.yaml')).then(
        () => true,
        () => false,
      )
      return isChart ? [[name, await digestDir(join(dir, name))] as const] : []
    }),
  )
  return Object.fromEntries(entries.flat())
}

async function digestDir(dir: string): Promise<string> {
  const hash = createHash('sha256')
  const files = (await readdir(dir, {recursive: true, withFileTypes: true}))
    .filter(entry => entry.isFile() || entry.isSymbolicLink())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
  for (const file of files) hash.update(file).update(await readFile(file).catch(() => ''))
  return hash.digest('hex')
}
