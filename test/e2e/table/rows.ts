import {readdir, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {parseAllDocuments} from 'yaml'
import {exec, type ExecResult} from '../../../src/tools/exec.ts'
import {CHARTS, sandbox} from '../deploy.ts'
import {testSandbox} from '../test-sandbox.ts'

/** One service in one of the environments that helmfile knows for it. */
export type Row = {group: string; service: string; environment: string; stateArgs: readonly string[]}

/** Every service of the example in every environment, as directories and plain helmfile tell: no list is kept by hand. */
export async function listRows(): Promise<Row[]> {
  const rows: Row[] = []
  for (const group of (await readdir(join(CHARTS, 'helmfile.d'))).toSorted()) {
    for (const service of (await readdir(join(CHARTS, 'helmfile.d', group))).toSorted()) {
      if (service.startsWith('_') || !(await hasHelmfile(group, service))) continue
      const {environments, stateArgs} = await readEnvironments(group, service)
      rows.push(...environments.map(environment => ({group, service, environment, stateArgs})))
    }
  }
  return rows
}

/** What helmfile installs there; nothing where it cannot even be asked. */
export async function listReleases(row: Row): Promise<{namespace: string; name: string}[]> {
  const args = ['-e', row.environment, ...row.stateArgs, 'list', '--output', 'json']
  const result = await plainHelmfile(row.group, row.service, args)
  if (result.failed) return []
  const releases: {name: string; namespace: string; installed: boolean}[] = JSON.parse(result.stdout)
  return releases.filter(release => release.installed).map(({namespace, name}) => ({namespace, name}))
}

async function hasHelmfile(group: string, service: string): Promise<boolean> {
  return (
    (await stat(join(CHARTS, 'helmfile.d', group, service, 'helmfile.yaml')).catch(() => undefined)) !==
    undefined
  )
}

// helmfile tells them all once it is given one that exists: those for which the host has facts are tried.
async function readEnvironments(group: string, service: string) {
  const names = (await readdir(sandbox().helmfileDefaults)).flatMap(
    name => /^clusterinfo-(.+)\.yaml$/.exec(name)?.[1] ?? [],
  )
  for (const name of names) {
    const stateArgs: string[] = []
    for (let attempt = 1; attempt <= 3; attempt++) {
      const result = await plainHelmfile(group, service, ['-e', name, ...stateArgs, 'build'])
      if (!result.failed) return {environments: environmentsIn(result.stdout), stateArgs}
      const missing = /map has no entry for key "(\w+)"/.exec(result.stderr)?.[1]
      if (missing === undefined) break
      stateArgs.push('--state-values-set', `${missing}=false`)
    }
  }
  throw new Error(`helmfile knows no environment of ${group}/${service}`)
}

function environmentsIn(state: string): string[] {
  const documents = parseAllDocuments(state, {uniqueKeys: false, logLevel: 'error'}).map(one => one.toJS())
  const names = documents.flatMap(document => Object.keys(document?.environments ?? {}))
  return [...new Set(names)].filter(name => name !== 'default').toSorted(stagingFirst)
}

function stagingFirst(a: string, b: string): number {
  return Number(b.startsWith('staging')) - Number(a.startsWith('staging')) || a.localeCompare(b)
}

function plainHelmfile(group: string, service: string, args: readonly string[]): Promise<ExecResult> {
  return exec(join(sandbox().shell, 'helmfile'), args, {
    cwd: join(CHARTS, 'helmfile.d', group, service),
    env: {
      DEPLOY_SANDBOX: testSandbox(),
      PATH: `${sandbox().shell}:${sandbox().bin}:${process.env.PATH}`,
      SUPPRESS_SAL: 'true',
    },
    timeoutMs: 120_000,
  })
}
