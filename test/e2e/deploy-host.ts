import {cp, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {exec} from '../../src/tools/exec.ts'
import {CHARTS, deploy, type Ran, sandbox} from './deploy.ts'

/** A deploy host of one's own on the sandbox's clusters: its charts repository, private files, home and TMPDIR may be changed. */
export type DeployHost = {
  charts: string
  helmfileDefaults: string
  home: string
  tmp: string
  env: Record<string, string>
  /** Words behind a command that make it use this host. */
  words: readonly string[]
  deploy(args: readonly string[], env?: Record<string, string>): Promise<Ran>
  /** Change a file of the charts repository, and commit. */
  edit(path: string, change: (text: string) => string): Promise<void>
  /** The charts repository as it was at first. */
  reset(): Promise<void>
  remove(): Promise<void>
}

export async function openDeployHost(): Promise<DeployHost> {
  const root = await mkdtemp(join(tmpdir(), 'deploy-host-'))
  const at = (name: string) => join(root, name)
  const charts = at('charts')
  await cp(CHARTS, charts, {recursive: true, verbatimSymlinks: true})
  await Promise.all([mkdir(at('home')), mkdir(at('tmp'))])
  await cp(sandbox().helmfileDefaults, at('helmfile-defaults'), {recursive: true})
  const config = (await readFile(sandbox().hostConfig, 'utf8')).replaceAll(
    sandbox().helmfileDefaults,
    at('helmfile-defaults'),
  )
  await writeFile(at('deploy.yaml'), config)
  await git(charts, ['init', '--quiet', '--initial-branch=main'])
  await commit(charts)
  await git(charts, ['tag', 'first'])
  const env = {
    HOME: at('home'),
    TMPDIR: at('tmp'),
    XDG_STATE_HOME: stateHome(),
    DEPLOY_CONFIG: at('deploy.yaml'),
  }
  return {
    charts,
    helmfileDefaults: at('helmfile-defaults'),
    home: at('home'),
    tmp: at('tmp'),
    env,
    words: ['--chdir', charts],
    deploy: (args, more = {}) => deploy([...args, '--chdir', charts], {cwd: charts, env: {...env, ...more}}),
    async edit(path, change) {
      const file = join(charts, path)
      await mkdir(dirname(file), {recursive: true})
      await writeFile(file, change(await readFile(file, 'utf8').catch(() => '')))
      await commit(charts)
    },
    async reset() {
      await git(charts, ['reset', '--quiet', '--hard', 'first'])
    },
    remove: () => rm(root, {recursive: true, force: true}),
  }
}

/** The sandbox itself stays where it is. */
function stateHome(): string {
  return process.env.XDG_STATE_HOME ?? join(process.env.HOME ?? '', '.local', 'state')
}

async function commit(charts: string): Promise<void> {
  await git(charts, ['add', '--all'])
  await git(charts, ['commit', '--quiet', '--allow-empty', '-m', 'A change'])
}

async function git(directory: string, args: readonly string[]): Promise<void> {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.org', '-c', 'commit.gpgsign=false']
  const result = await exec('git', [...identity, ...args], {cwd: directory})
  if (result.failed) throw new Error(`git ${args.join(' ')}: ${result.stderr}`)
}
