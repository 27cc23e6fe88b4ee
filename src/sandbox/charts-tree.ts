import {readdir, readFile, stat} from 'node:fs/promises'
import {basename, join, resolve} from 'node:path'
import {parse} from 'yaml'
import {DeployError} from '../errors.ts'
import {PACKAGE_ROOT} from './paths.ts'

/** The charts repository that comes with this package. */
export const EXAMPLE_CHARTS = join(PACKAGE_ROOT, 'deployment-charts-example')

const ADMIN_VALUES = join('helmfile.d', 'admin_ng', 'values')
const HINT = 'Name a repository laid out like deployment-charts: deploy sandbox up --charts DIR'

/** The charts repository to use, as an absolute path, after a look that it is one. */
export async function findChartsTree(dir: string): Promise<string> {
  const path = resolve(dir)
  if ((await isDirectory(join(path, 'charts'))) && (await isDirectory(join(path, 'helmfile.d')))) return path
  throw new DeployError('not-found', `use the charts repository ${path}: it has no charts/ and helmfile.d/`, {
    hint: HINT,
  })
}

/** A group of clusters that its administrators care for together, and the namespaces it has. */
export type ClusterGroup = {name: string; namespaces: string[]}

/** The namespaces of all clusters. */
export async function readNamespaces(tree: string): Promise<string[]> {
  const groups = await readClusterGroups(tree)
  return [...new Set(groups.flatMap(group => group.namespaces))]
}

/** The groups of clusters, as administrators keep them in the repository; `main` is always among them. */
export async function readClusterGroups(tree: string): Promise<ClusterGroup[]> {
  const dir = join(tree, ADMIN_VALUES)
  const names = await readdir(dir).catch((error: unknown) => {
    throw new DeployError('not-found', `read the namespaces: there is no ${dir}`, {hint: HINT, cause: error})
  })
  const files = names.filter(name => name.endsWith('.yaml')).sort()
  const groups = await Promise.all(files.map(file => readClusterGroup(join(dir, file))))
  const found = groups.filter(group => group.namespaces.length > 0)
  if (found.some(group => group.name === 'main')) return found
  throw new DeployError(
    'bad-config',
    `read the namespaces: ${join(dir, 'main.yaml')} has none under "namespaces:"`,
    {hint: HINT},
  )
}

async function readClusterGroup(file: string): Promise<ClusterGroup> {
  const content = parse(await readFile(file, 'utf8')) as WrittenGroup | null
  return {
    name: content?.cluster_group ?? basename(file, '.yaml'),
    namespaces: Object.keys(content?.namespaces ?? {}),
  }
}

type WrittenGroup = {cluster_group?: string; namespaces?: Record<string, unknown>}

/** The services of the repository: the directories under helmfile.d that hold a helmfile. */
export async function listServices(tree: string): Promise<{group: string; service: string}[]> {
  const groups = await readdir(join(tree, 'helmfile.d'))
  const found = await Promise.all(groups.map(group => servicesOf(tree, group)))
  return found.flat()
}

async function servicesOf(tree: string, group: string): Promise<{group: string; service: string}[]> {
  const dir = join(tree, 'helmfile.d', group)
  const names = await readdir(dir).catch(() => [])
  const isService = await Promise.all(
    names.map(name =>
      stat(join(dir, name, 'helmfile.yaml')).then(
        () => true,
        () => false,
      ),
    ),
  )
  return names.filter((_name, index) => isService[index]).map(service => ({group, service}))
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
}
