import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {mkdir, readFile, rename, rm, stat} from 'node:fs/promises'
import {availableParallelism} from 'node:os'
import {dirname, join} from 'node:path'
import {ToolError} from '../errors.ts'
import {exec, type ExecResult} from '../tools/exec.ts'
import {type Env, PACKAGE_ROOT} from './paths.ts'
import {writePrivate} from '../tools/own-files.ts'
import {linkerFlags, type Tool, TOOLS} from './tool-list.ts'

type Receipt = {sha256: string; size: number; mtimeMs: number}

/** Programs of our own run in containers, where there is no library. */
const STATIC = {CGO_ENABLED: '0'}

/** Build a tool to its place in the cache. The binary appears there only when it is whole. */
export async function buildTool(
  tool: Tool,
  path: string,
  env: Env,
  report: (line: string) => void,
): Promise<string> {
  report(`build ${tool.name} ${tool.version} (${duration(tool.buildSeconds)}, once) …`)
  const startedMs = performance.now()
  // What an interrupted build left behind.
  await rm(dirname(path), {recursive: true, force: true})
  await mkdir(dirname(path), {recursive: true, mode: 0o700})
  const temporary = `${path}.${process.pid}.part`
  try {
    await runGo(tool, temporary, env)
    const {size, mtimeMs} = await stat(temporary)
    const receipt: Receipt = {sha256: await sha256Of(temporary), size, mtimeMs}
    await rename(temporary, path)
    await writePrivate(receiptPath(path), `${JSON.stringify(receipt)}\n`)
  } finally {
    await rm(temporary, {force: true})
  }
  report(`build ${tool.name} ${tool.version} done in ${Math.round((performance.now() - startedMs) / 1000)} s`)
  return path
}

/** Whether a built tool is there and is what was built. Its sum is only made again when size or time differ. */
export async function checkBuilt(path: string): Promise<boolean> {
  try {
    const receipt = JSON.parse(await readFile(receiptPath(path), 'utf8')) as Receipt
    const {size, mtimeMs} = await stat(path)
    if (size === receipt.size && mtimeMs === receipt.mtimeMs) return true
    return size === receipt.size && (await sha256Of(path)) === receipt.sha256
  } catch {
    return false
  }
}

async function runGo(tool: Tool, output: string, env: Env): Promise<void> {
  const args = [
    'build',
    '-mod=readonly',
    '-trimpath',
    '-ldflags',
    linkerFlags(tool),
    '-o',
    output,
    tool.goPackage,
  ]
  const cwd = join(PACKAGE_ROOT, 'sandbox', 'tools', tool.module)
  const result = await exec('go', args, {
    cwd,
    env: {...env, GOWORK: 'off', ...(tool.sources.length > 0 ? STATIC : {})},
  })
  if (!result.failed) return

  const doing = `build ${tool.name} ${tool.version}`
  const tail = result.stderr.trim().split('\n').slice(-5).join('\n')
  const message = result.isMissing
    ? `${doing}: there is no go on the PATH`
    : `${doing}: go build ended with ${result.exitCode ?? 'a signal'}\n${tail}`
  throw new ToolError('unreachable', message, {
    tool: 'go',
    toolExitCode: result.exitCode,
    stderrTail: result.stderr.slice(-2000),
    hint: cureOf(result),
  })
}

/** What to type next, as far as one can tell it from what go said. */
function cureOf({isMissing, stderr}: Pick<ExecResult, 'isMissing' | 'stderr'>): string {
  if (isMissing || /requires go >=/.test(stderr)) {
    const instead = TOOLS.map(
      ({name, version}) => `${name} ${version.split('.').slice(0, 2).join('.')}`,
    ).join(', ')
    return `Install Go 1.26.6 or newer (https://go.dev/dl). Tools on the PATH are used instead of building them: ${instead}.`
  }
  if (/no space left/.test(stderr))
    return 'Make room: a first build needs about 10 GB for caches; then run deploy sandbox up again.'
  return 'Is the Go module proxy reachable (go env GOPROXY)? Run deploy sandbox up again: it goes on where it was.'
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

function receiptPath(path: string): string {
  return `${path}.json`
}

function duration(seconds: number): string {
  const onThisMachine = seconds * Math.max(0.5, 2 / availableParallelism())
  return onThisMachine < 60 ? 'less than a minute' : `about ${Math.ceil(onThisMachine / 60)} min`
}
