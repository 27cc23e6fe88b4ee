import {join} from 'node:path'
import {pickService} from '../charts/catalog.ts'
import type {Settings} from '../charts/settings.ts'
import type {ServiceFacts, TreeFacts} from '../plan/facts.ts'
import {cacheDirectory, PACKAGE_ROOT} from '../sandbox/paths.ts'
import type {HelmfileSite} from '../tools/helmfile.ts'
import {type KeptCharts, openKeptCharts} from '../tools/kept-charts.ts'
import {type KnownHelms, openKnownHelms} from '../tools/known-helms.ts'
import {openRunDirectory} from '../tools/run-directory.ts'
import {takeTree} from '../tools/take-tree.ts'
import {snapshotTree} from '../tools/snapshot.ts'
import {listServices, readStatus, substitute} from '../tools/tree.ts'
import {type Host, serviceHere, settingsIn} from './host.ts'

/** One state of the charts repository, copied: everything that is read of it, whatever is pulled meanwhile. */
export type Charts = {
  host: Host
  tree: TreeFacts
  /** Private; the copy is in it, and what the sessions on it write. */
  directory: string
  services: readonly ServiceFacts[]
  helms: KnownHelms
  keptCharts: KeptCharts
  /** What helmfile said already, of any of them. */
  helmfileStates: HelmfileSite['states']
  /** What holds for all services. */
  settings(): Promise<Settings>
  /** The named service, or the one whose directory one stands in, with its settings. */
  open(name: string | undefined): Promise<{service: ServiceFacts; settings: Settings}>
  /** What another copy configures. */
  settingsAt(copy: string, service: ServiceFacts): Promise<Settings>
  /** The copy with the texts of a group replaced as these settings say. */
  copyFor(service: ServiceFacts, settings: Pick<Settings, 'substitutions'>): Promise<string>
  close(): Promise<void>
}

/**
 * @param meanwhile begun while programs copy a commit of the repository
 * @throws DeployError `declined` when the repository never comes to rest
 */
export async function openCharts(host: Host, meanwhile?: () => Promise<unknown>): Promise<Charts> {
  const looking = readStatus(host.chartsRoot)
  const {path: directory, remove} = await openRunDirectory(PACKAGE_ROOT)
  const root = join(directory, 'tree')
  const cache = cacheDirectory(process.env)
  const helms = openKnownHelms(join(cache, 'helms.json'), join(PACKAGE_ROOT, 'bin', 'known-helm'), directory)
  const keptCharts = openKeptCharts(join(cache, 'charts'))
  try {
    const taking = takeTree({root: host.chartsRoot, into: root, packageRoot: PACKAGE_ROOT}, looking)
    meanwhile?.().catch(() => {})
    const tree = await taking
    const services = await listServices(root)
    return {
      host,
      tree,
      directory,
      services,
      helms,
      keptCharts,
      helmfileStates: new Map(),
      settings: () => settingsIn(host, root),
      async open(name) {
        const service = pickService(name ?? serviceHere(host), services)
        return {service, settings: await settingsIn(host, root, service)}
      },
      settingsAt: (copy, service) => settingsIn(host, copy, service),
      copyFor: copies(tree, root),
      async close() {
        // What is to be kept is read from the run's own directory.
        await Promise.all([helms.close(), keptCharts.close()])
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Work on one state of the charts repository, and leave nothing of it behind. */
export async function withCharts<T>(
  host: Host,
  act: (charts: Charts) => Promise<T>,
  meanwhile?: () => Promise<unknown>,
): Promise<T> {
  const charts = await openCharts(host, meanwhile)
  try {
    return await act(charts)
  } finally {
    await charts.close()
  }
}

// A copy for each set of replacements, and hardly ever is there a second one.
function copies(tree: TreeFacts, root: string): Charts['copyFor'] {
  const trees = new Map<string, Promise<string>>()
  const groups = new Map<string, Promise<string>>()
  return ({group}, {substitutions}) => {
    const words = JSON.stringify(substitutions)
    const made = trees.get(words) ?? copyNumber(trees.size, tree, root)
    trees.set(words, made)
    const key = `${group} ${words}`
    const replaced =
      groups.get(key) ??
      made.then(copy => {
        substitute(join(copy, 'helmfile.d', group), substitutions)
        return copy
      })
    groups.set(key, replaced)
    return replaced
  }
}

async function copyNumber(index: number, tree: TreeFacts, root: string): Promise<string> {
  if (index === 0) return root
  const another = `${root}-${index + 1}`
  await snapshotTree(tree, another, PACKAGE_ROOT)
  return another
}
