import {readdir, readFile, stat} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {parse} from 'yaml'
import {DeployError} from '../errors.ts'
import {PACKAGE_ROOT} from './paths.ts'

/** The charts repository that comes with this package. */
export const EXAMPLE_CHARTS = join(PACKAGE_ROOT, 'deployment-charts-example')

const NAMESPACES_FILE = join('helmfile.d', 'admin_ng', 'values', 'main.yaml')
const HINT = 'Name a repository laid out like deployment-charts: deploy sandbox up --charts DIR'

/** The charts repository to use, as an absolute path, after a look that it is one. */
export async function findChartsTree(dir: string): Promise<string> {
  const path = resolve(dir)
  if ((await isDirectory(join(path, 'charts'))) && (await isDirectory(join(path, 'helmfile.d')))) return path
  throw new DeployError('not-found', `use the charts repository ${path}: it has no charts/ and helmfile.d/`, {
    hint: HINT,
  })
}

/** The namespaces of the clusters, as administrators keep them in the repository. */
export async function readNamespaces(tree: string): Promise<string[]> {
  const file = join(tree, NAMESPACES_FILE)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new DeployError('not-found', `read the namespaces: there is no ${file}`, {hint: HINT, cause: error})
  })
  const content = parse(text) as {namespaces?: Record<string, unknown>} | null
  const names = Object.keys(content?.namespaces ?? {})
  if (names.length > 0) return names
  throw new DeployError('bad-config', `read the namespaces: ${file} has none under "namespaces:"`, {
    hint: HINT,
  })
}

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
