import {execFile} from 'node:child_process'
import {chmod, mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parse} from 'yaml'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {exec} from '../../src/tools/exec.ts'
import {CHARTS, helm, kubectl, sandbox} from './deploy.ts'

/** A machine that has the tools and a checkout, and nothing that a deploy host has. */
export type CiRunner = {
  directory: string
  charts: string
  run(args: readonly string[], env?: Record<string, string>): Promise<CiRun>
  /** A deployer's kubeconfig whose token was made for this runner. */
  giveKubeconfig(cluster: 'staging' | 'eqiad' | 'codfw'): Promise<void>
  /** A commit in its checkout that nobody else has. */
  commit(message: string): Promise<void>
  remove(): Promise<void>
}

export type CiRun = {exitCode: number; stdout: string; stderr: string}

/** @param configuration what `--config` names, beside where the kubeconfigs are */
export async function openCiRunner(service: string, configuration: string): Promise<CiRunner> {
  const directory = await mkdtemp(join(tmpdir(), 'deploy-ci-'))
  const [home, kubeconfigs, tmp, bin] = ['home', 'kubeconfigs', 'tmp', 'bin'].map(name =>
    join(directory, name),
  )
  for (const name of ['home', 'kubeconfigs', 'tmp', 'bin']) await mkdir(join(directory, name), {mode: 0o700})
  const charts = await checkOut(directory)
  await writeFile(
    join(directory, 'ci.yaml'),
    `substitutions:\n  /etc/kubernetes: ${kubeconfigs}\n${configuration}`,
  )
  // helm and helmfile as an image of a CI has them, and not the sandbox's own helmfile_log_sal.
  for (const tool of ['helm3.17', 'helm3.19', 'helmfile'])
    await exec('ln', ['-s', join(sandbox().bin, tool), join(bin ?? '', tool)])
  const env = {PATH: `${bin}:/usr/bin:/bin`, HOME: home ?? '', TMPDIR: tmp ?? ''}
  const runner: CiRunner = {
    directory,
    charts,
    run: (args, more = {}) =>
      runClean(join(PACKAGE_ROOT, 'bin', 'deploy'), args, charts, {
        ...env,
        DEPLOY_CONFIG: join(directory, 'ci.yaml'),
        CI: 'true',
        GITLAB_CI: 'true',
        CI_PROJECT_PATH: `services/${service}`,
        CI_JOB_NAME: 'deploy',
        ...more,
      }),
    giveKubeconfig: cluster => writeKubeconfig(service, cluster, kubeconfigs ?? ''),
    commit: message => gitCommit(charts, message, '--allow-empty'),
    remove: () => rm(directory, {recursive: true, force: true}),
  }
  await addRepository(join(bin ?? '', 'helm3.19'), env)
  return runner
}

// As CI checks out: one commit, on no branch.
async function checkOut(directory: string): Promise<string> {
  const [origin, charts] = [join(directory, 'origin'), join(directory, 'charts')]
  await exec('cp', ['-a', CHARTS, origin])
  await exec('git', ['init', '-q', '-b', 'main', origin])
  await exec('git', ['-C', origin, 'add', '-A'])
  await gitCommit(origin, 'the charts')
  await exec('git', ['clone', '-q', origin, charts])
  await exec('git', ['-C', charts, 'checkout', '-q', '--detach'])
  return charts
}

async function gitCommit(tree: string, message: string, ...more: string[]): Promise<void> {
  const as = ['-c', 'user.name=CI', '-c', 'user.email=ci@example.org']
  await exec('git', ['-C', tree, ...as, 'commit', '-qm', message, ...more])
}

async function addRepository(helmBinary: string, env: Record<string, string>): Promise<void> {
  const {repositories} = parse(await readFile(join(sandbox().helm.config, 'repositories.yaml'), 'utf8'))
  const {name, url} = repositories[0]
  const added = await runClean(helmBinary, ['repo', 'add', name, url], '/', env)
  if (added.exitCode !== 0) throw new Error(`helm repo add: ${added.stderr}`)
}

/** An account of its own, bound to what deployers may do, and a token that lives for an hour. */
async function writeKubeconfig(
  namespace: string,
  cluster: 'staging' | 'eqiad' | 'codfw',
  into: string,
): Promise<void> {
  const apply = (args: readonly string[]) =>
    kubectl(cluster, ['--namespace', namespace, ...args]).catch((error: Error) => {
      if (!error.message.includes('already exists')) throw error
    })
  await apply(['create', 'serviceaccount', 'ci'])
  await apply(['create', 'rolebinding', 'ci', '--clusterrole=deploy', `--serviceaccount=${namespace}:ci`])
  const token = (await kubectl(cluster, ['--namespace', namespace, 'create', 'token', 'ci'])).trim()
  const path = join(into, `${namespace}-deploy-${cluster}.config`)
  const text = await readFile(sandbox().deployConfig(namespace, cluster), 'utf8')
  await writeFile(path, text.replace(/^( {6}token: ).*$/m, `$1${token}`))
  await chmod(path, 0o600)
}

/** With this environment and no other, and with nothing on the standard input. */
function runClean(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<CiRun> {
  return new Promise(resolve => {
    const child = execFile(
      file,
      [...args],
      {cwd, env, maxBuffer: 64 << 20, timeout: 170_000},
      (error, stdout, stderr) =>
        resolve({exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr}),
    )
    child.stdin?.end()
  })
}

/** What helm has of a release, as the deployer sees it. */
export async function revisions(cluster: 'staging' | 'eqiad', namespace: string): Promise<number> {
  const list = JSON.parse(await helm(cluster, namespace, ['list', '--all', '--output', 'json']))
  return Number(list[0]?.revision ?? 0)
}
