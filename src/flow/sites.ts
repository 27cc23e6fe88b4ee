import {mkdir} from 'node:fs/promises'
import {delimiter, join} from 'node:path'
import {type ByHandSite, commandLine, type HandFile, preparation, writeLine} from '../tools/by-hand.ts'
import {shownStateFiles} from '../tools/state-values.ts'
import type {LauncherSite} from '../tools/capture.ts'
import {launcherPath, type HelmfileSite} from '../tools/helmfile.ts'
import {standInsDirectory} from '../tools/silent-hooks.ts'
import {RUN_VARIABLE} from '../tools/strays.ts'
import type {World} from './world.ts'

/** Where helmfile runs for this service: inside the private snapshot. */
export async function siteOf(world: World): Promise<HelmfileSite> {
  const [tree, stateArgs] = await Promise.all([world.snapshot, world.stateArgs])
  const byHand = byHandSiteOf(world)
  return {
    directory: join(tree, 'helmfile.d', world.service.group, world.service.name),
    env: {
      ...world.toolEnv,
      PATH: withStandIns(world),
      TMPDIR: join(world.runDirectory, 'tmp'),
      [RUN_VARIABLE]: world.runId,
    },
    standIns: standInsDirectory(world.packageRoot),
    stateArgs,
    onCommand: words => world.emit({kind: 'command-run', command: commandLine(words, byHand)}),
    onFile: (path, file) => {
      byHand.files.set(path, file)
      world.emit({kind: 'command-run', command: writeLine(file)})
    },
    mask: world.secrecy.mask,
    helms: world.helms,
    states: world.helmfileStates,
  }
}

/** Tell what comes before the commands of this run, for who types them. */
export function showPreparation(world: World): void {
  for (const command of preparation(byHandSiteOf(world))) world.emit({kind: 'command-run', command})
}

function byHandSiteOf(world: World): ByHandSite & {files: Map<string, HandFile>} {
  return {
    tree: world.tree,
    service: world.service,
    substitutions: world.settings.substitutions,
    path: world.settings.path,
    env: world.settings.env,
    files: new Map(shownStateFiles(world.settings).map(file => [join(world.runDirectory, file.name), file])),
    privateDirectory: world.chartsDirectory,
  }
}

// Last of all: what is on the host wins.
function withStandIns({toolEnv, packageRoot}: World): string {
  return `${toolEnv.PATH ?? ''}${delimiter}${standInsDirectory(packageRoot)}`
}

/** The same with a launcher between helmfile and helm, and a private directory of its own for one environment. */
export async function launcherSiteOf(world: World, environment: string): Promise<LauncherSite> {
  const site = await siteOf(world)
  const runDirectory = join(world.runDirectory, 'environments', environment)
  await Promise.all([
    ...['releases', 'captured'].map(name => mkdir(join(runDirectory, name), {recursive: true, mode: 0o700})),
    // `helmfile build` runs with it, and nothing comes before that.
    world.helms.pathWithStandIns(site.env.PATH ?? ''),
  ])
  return {...site, launcher: launcherPath(world.packageRoot), runDirectory}
}
