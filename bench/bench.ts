import {cp, mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {parse} from 'yaml'
import type {Cluster} from '../src/sandbox/names.ts'
import {PACKAGE_ROOT, type SandboxPaths, sandboxPaths} from '../src/sandbox/paths.ts'
import {sandboxDown} from '../src/sandbox/down.ts'
import {pushToSandbox} from '../src/sandbox/registry.ts'
import {sandboxStatus} from '../src/sandbox/status.ts'
import {sandboxUp} from '../src/sandbox/up.ts'
import {substitute} from '../src/tools/tree.ts'
import {measure, type Run} from './measure.ts'

/** What the rows measure with: both tools on the same clusters and the same charts. */
export type Bench = {
  rounds: number
  paths: SandboxPaths
  charts: string
  /** The program that is measured. */
  program: string
  env: Readonly<Record<string, string>>
  deploy(args: readonly string[], expect?: readonly number[]): Promise<Run>
  /** helmfile as a person on the deploy host types it. */
  helmfile(service: string, cluster: Cluster, args: readonly string[]): Promise<Run>
  /** Puts a new version of an image into the registry, which is no part of what is measured. */
  push(image: string, flavour?: string): Promise<string>
  close(): Promise<void>
}

const NAME = 'bench'

/** Bring the sandbox up and put beside the charts a copy of them that plain helmfile can read here. */
export async function openBench(rounds: number, program: string): Promise<Bench> {
  const report = (line: string) => void process.stderr.write(`${line}\n`)
  const before = await sandboxStatus(NAME, process.env)
  const wasUp = before.kind === 'present' && before.clusters.some(cluster => cluster.state !== 'down')
  await sandboxUp({name: NAME, env: process.env, report})
  const paths = sandboxPaths(NAME, process.env)
  const charts = join(PACKAGE_ROOT, 'deployment-charts-example')
  const directory = await mkdtemp(join(tmpdir(), 'deploy-bench-'))
  const env = {DEPLOY_SANDBOX: NAME, NO_COLOR: '1'}
  return {
    rounds,
    paths,
    charts,
    program,
    env,
    deploy: (args, expect = [0]) => measure(program, args, {cwd: charts, env, expect}),
    helmfile: await plainHelmfile(paths, charts, directory),
    async push(image, flavour) {
      const tag = newTag(flavour)
      await pushToSandbox(NAME, process.env, `${image}:${tag}`)
      return tag
    },
    async close() {
      await rm(directory, {recursive: true, force: true})
      if (!wasUp) await sandboxDown({name: NAME, env: process.env, report})
    },
  }
}

// The tree is a copy with the sandbox's places in it: substituting them at every call would be charged to helmfile.
async function plainHelmfile(
  paths: SandboxPaths,
  charts: string,
  directory: string,
): Promise<Bench['helmfile']> {
  const services = join(directory, 'helmfile.d', 'services')
  const host: {substitutions: Record<string, string>; env: Record<string, string>} = parse(
    await readFile(paths.hostConfig, 'utf8'),
  )
  await cp(charts, directory, {recursive: true, verbatimSymlinks: true})
  substitute(services, host.substitutions)
  return (service, cluster, args) =>
    measure(join(paths.bin, 'helmfile'), ['-e', cluster, ...args], {
      cwd: join(services, service),
      env: {
        ...host.env,
        HELMFILE_RENDER_YAML: 'true',
        KUBECONFIG: paths.deployConfig(service, cluster),
        PATH: `${paths.bin}:${process.env.PATH}`,
      },
    })
}

let count = 0

/** A version nobody has used before; the words behind the dash decide what becomes of it in the sandbox. */
export function newTag(flavour = 'production'): string {
  count += 1
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')
  return `${stamp}${String(count).padStart(3, '0')}-${flavour}`
}

/** A deployment of one version to staging, with no stability window. */
export function toStaging(service: string, ...more: string[]): string[] {
  return [service, '-e', 'staging', '--yes', '--window', '0ms', ...more]
}
