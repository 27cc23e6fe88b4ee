import {constants} from 'node:fs'
import {access, readdir, stat} from 'node:fs/promises'
import {join} from 'node:path'
import semver from 'semver'
import {type Identity, ruleText, rulesFor} from '../charts/policy.ts'
import type {Settings} from '../charts/settings.ts'
import {openCluster} from '../cluster/client.ts'
import {DeployError} from '../errors.ts'
import type {ExitKind} from '../exit-codes.ts'
import {exec} from '../tools/exec.ts'
import {findProgram} from '../tools/find-program.ts'
import {HELMFILE_VERSIONS} from '../tools/tool-fault.ts'
import {listServices} from '../tools/tree.ts'

/** One thing that was looked at: fine, or what is wrong and its cure. */
export type Finding = {
  about: string
  result: {kind: 'fine'; detail: string} | {kind: 'problem'; detail: string; cure: string; exitKind: ExitKind}
}

export type Examined = {
  chartsRoot: string
  settings: Settings
  toolEnv: Readonly<Record<string, string>>
  nodeVersion: string
  identity: Identity
}

type ToolNeed = {name: string; args: readonly string[]; range: string; cure: string; isOptional?: boolean}

const tools: readonly ToolNeed[] = [
  {name: 'git', args: ['--version'], range: '>=2.30', cure: 'Install git 2.30 or newer.'},
  {
    name: 'helmfile',
    args: ['--version'],
    range: HELMFILE_VERSIONS,
    cure: 'Install helmfile 1.2.3 or newer.',
  },
  {
    name: 'helm3.17',
    args: ['version', '--short'],
    range: '3.17.x',
    cure: 'Install helm 3.17 as helm3.17: the helmfiles ask for it by that name.',
    isOptional: true,
  },
  {
    name: 'helm3.19',
    args: ['version', '--short'],
    range: '3.19.x',
    cure: 'Install helm 3.19 as helm3.19: the helmfiles ask for it by that name.',
    isOptional: true,
  },
]

/** Look at everything a deployment needs: programs, the charts repository, kubeconfigs, clusters, permissions. */
export async function examine(host: Examined): Promise<Finding[]> {
  const [programs, repository, clusters] = await Promise.all([
    Promise.all(tools.map(tool => examineTool(tool, host.toolEnv))),
    examineCharts(host.chartsRoot),
    examineKubeconfigs(host.settings),
  ])
  return [fine('node', host.nodeVersion), ...programs, repository, ...clusters, ...policyFindings(host)]
}

async function examineTool(tool: ToolNeed, env: Readonly<Record<string, string>>): Promise<Finding> {
  const path = await findProgram(tool.name, env.PATH ?? '')
  const problem = (detail: string): Finding => ({
    about: tool.name,
    result: {kind: 'problem', detail, cure: tool.cure, exitKind: 'bug'},
  })
  if (path === undefined) return problem('is not on the PATH')
  const result = await exec(path, tool.args, {env, timeoutMs: 10_000})
  const version = semver.coerce(result.stdout)
  if (result.failed || version === null) return problem(`${path} does not tell its version`)
  return semver.satisfies(version, tool.range, {includePrerelease: true})
    ? fine(tool.name, `${version.version} (${path})`)
    : problem(`${path} is ${version.version}, and ${tool.range} is needed`)
}

async function examineCharts(root: string): Promise<Finding> {
  const services = await listServices(root)
  return services.length > 0
    ? fine('charts repository', `${root}, ${services.length} services`)
    : {
        about: 'charts repository',
        result: {
          kind: 'problem',
          detail: `${root} has no service`,
          cure: 'A service is a directory helmfile.d/GROUP/NAME with a helmfile.yaml.',
          exitKind: 'not-found',
        },
      }
}

// Where helmfiles of this layout find them; the substitutions tell where that is outside a deploy host.
async function examineKubeconfigs(settings: Settings): Promise<Finding[]> {
  const directory = settings.substitutions['/etc/kubernetes'] ?? '/etc/kubernetes'
  const names = (await readdir(directory).catch(() => [])).filter(name => /-deploy-.+\.config$/.test(name))
  if (names.length === 0) {
    const isThere = await stat(directory).catch(() => undefined)
    const detail = isThere ? 'holds no kubeconfig NAMESPACE-deploy-ENVIRONMENT.config' : 'is not there'
    const cure = 'Run this on a deploy host, or try deploy sandbox up and --sandbox.'
    return [{about: directory, result: {kind: 'problem', detail, cure, exitKind: 'unreachable'}}]
  }
  const readable = await Promise.all(
    names.map(name =>
      access(join(directory, name), constants.R_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  const usable = names.filter((_, index) => readable[index])
  const counted = fine(
    'kubeconfigs',
    `${usable.length} of ${names.length} in ${directory} can be read by you`,
  )
  return [counted, ...(await examineClusters(directory, usable))]
}

// One kubeconfig for each cluster is enough to know whether it answers.
async function examineClusters(directory: string, names: readonly string[]): Promise<Finding[]> {
  const byEnvironment = Map.groupBy(names, name => /-deploy-(.+)\.config$/.exec(name)?.[1] ?? name)
  return Promise.all(
    [...byEnvironment].map(async ([environment, [name]]) =>
      examineCluster(environment, join(directory, name ?? '')),
    ),
  )
}

async function examineCluster(environment: string, path: string): Promise<Finding> {
  const about = `cluster ${environment}`
  try {
    const cluster = await openCluster(path, {timeoutMs: 5000})
    try {
      await cluster.list(
        {kind: 'Secret', namespace: cluster.namespace ?? 'default'},
        {limit: 1, metadataOnly: true},
      )
      return fine(
        about,
        `${cluster.server} answers, and Secrets in ${cluster.namespace ?? 'default'} can be read`,
      )
    } finally {
      await cluster.close()
    }
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return {
      about,
      result: {
        kind: 'problem',
        detail: error.message,
        cure: error.hint ?? 'Check the kubeconfig and the network.',
        exitKind: error.exitKind,
      },
    }
  }
}

function fine(about: string, detail: string): Finding {
  return {about, result: {kind: 'fine', detail}}
}

// No problem, whatever it says: it is what somebody wanted.
function policyFindings({settings, identity}: Examined): Finding[] {
  const {user, job} = identity
  const who = job === undefined ? user : `${user} (${job})`
  return settings.policies.map(policy => {
    const rules = rulesFor(identity, policy)
    const may = rules.map(rule => `${ruleText(rule)} (rule ${rule.name})`).join('; ')
    return fine('policy', `${policy.file}: ${who} may deploy ${may || 'anything: no rule names you'}`)
  })
}
