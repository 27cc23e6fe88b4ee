import {createHash} from 'node:crypto'
import {access, constants, readFile, realpath} from 'node:fs/promises'
import {delimiter, join} from 'node:path'
import {exec} from '../tools/exec.ts'
import {type Env, PACKAGE_ROOT, toolsDir} from './paths.ts'
import {withLock} from './lock.ts'
import {buildTool, checkBuilt} from './tool-build.ts'
import {
  fitsVersion,
  linkerFlags,
  NODE_TOOLS,
  type NodeToolName,
  TOOLS,
  type Tool,
  type ToolName,
} from './tool-list.ts'

export type ToolPaths = Record<ToolName, string>
export type NodeToolPaths = Record<NodeToolName, string>

// A first build takes minutes: whoever comes second waits for that.
const LOCK_WAIT_MS = 40 * 60_000

/** Make every tool of the sandbox ready and say where each is. Builds only what is neither built nor on PATH. */
export function ensureTools(env: Env, report: (line: string) => void): Promise<ToolPaths> {
  return ensure(TOOLS, env, report)
}

/** The same for what only real nodes need. */
export function ensureNodeTools(env: Env, report: (line: string) => void): Promise<NodeToolPaths> {
  return ensure(NODE_TOOLS, env, report)
}

async function ensure<Name extends string>(
  tools: readonly Tool<Name>[],
  env: Env,
  report: (line: string) => void,
): Promise<Record<Name, string>> {
  const found = await findTools(tools, env)
  if (found.every(path => path !== undefined)) return byName(tools, found)
  const lock = {file: join(toolsDir(env), 'lock'), doing: 'build the tools'}
  return withLock(lock, LOCK_WAIT_MS, () => buildMissing(tools, env, report))
}

async function buildMissing<Name extends string>(
  tools: readonly Tool<Name>[],
  env: Env,
  report: (line: string) => void,
): Promise<Record<Name, string>> {
  const found = await findTools(tools, env)
  const missing = tools.filter((_tool, index) => found[index] === undefined)
  if (missing.length > 0) report(announce(missing))

  const paths: string[] = []
  for (const [index, tool] of tools.entries()) {
    // One at a time: builds compete for the processor and each is parallel in itself.
    paths.push(found[index] ?? (await buildTool(tool, await builtPath(tool, env), env, report)))
  }
  return byName(tools, paths)
}

function findTools(tools: readonly Tool[], env: Env): Promise<(string | undefined)[]> {
  return Promise.all(tools.map(tool => findTool(tool, env)))
}

function byName<Name extends string>(
  tools: readonly Tool<Name>[],
  paths: readonly (string | undefined)[],
): Record<Name, string> {
  return Object.fromEntries(tools.map(({name}, index) => [name, paths[index]])) as Record<Name, string>
}

/** Where a tool is, or undefined when it has to be built first. */
export async function findTool(tool: Tool, env: Env): Promise<string | undefined> {
  const path = await builtPath(tool, env)
  return (await checkBuilt(path)) ? path : findOnPath(tool, env)
}

/** The place is named after everything that decides what is built, so a change of any of it builds anew. */
async function builtPath(tool: Tool, env: Env): Promise<string> {
  const dir = join(PACKAGE_ROOT, 'sandbox', 'tools', tool.module)
  const hash = createHash('sha256').update(linkerFlags(tool)).update(tool.goPackage)
  for (const file of ['go.mod', 'go.sum', ...tool.sources]) hash.update(await readFile(join(dir, file)))
  return join(toolsDir(env), `${tool.name}-${tool.version}-${hash.digest('hex').slice(0, 10)}`, tool.name)
}

async function findOnPath(tool: Tool, env: Env): Promise<string | undefined> {
  for (const name of tool.onPath.names) {
    const path = await whichOnPath(name, env)
    if (path === undefined) continue
    const said = await exec(path, tool.onPath.versionArgs, {timeoutMs: 5000})
    if (!said.failed && fitsVersion(tool, said.stdout)) return path
  }
  return undefined
}

async function whichOnPath(name: string, env: Env): Promise<string | undefined> {
  for (const dir of (env.PATH ?? '').split(delimiter)) {
    try {
      await access(join(dir, name), constants.X_OK)
      return await realpath(join(dir, name))
    } catch {
      // Not in this directory of PATH.
    }
  }
  return undefined
}

function announce(missing: readonly Tool[]): string {
  const seconds = missing.reduce((sum, tool) => sum + tool.buildSeconds, 0)
  const minutes = Math.max(1, Math.round(seconds / 60))
  return `build ${missing.length} tool${missing.length === 1 ? '' : 's'} from the Go module proxy (about ${minutes} min, once; an interrupted build goes on where it was)`
}
