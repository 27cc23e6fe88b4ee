import {mkdir} from 'node:fs/promises'
import {delimiter, join} from 'node:path'
import {type LauncherSite, setHelmVersion} from '../tools/capture.ts'
import {launcherPath, type HelmfileSite} from '../tools/helmfile.ts'
import {RUN_VARIABLE} from '../tools/strays.ts'
import type {World} from './world.ts'

/** Where helmfile runs for this service: inside the private snapshot. */
export async function siteOf(world: World): Promise<HelmfileSite> {
  const [tree, stateArgs] = await Promise.all([world.snapshot, world.stateArgs])
  return {
    directory: join(tree, 'helmfile.d', world.service.group, world.service.name),
    env: {
      ...world.toolEnv,
      PATH: withStandIns(world),
      TMPDIR: join(world.runDirectory, 'tmp'),
      [RUN_VARIABLE]: world.runId,
    },
    stateArgs,
    onCommand: command => world.emit({kind: 'command-run', command}),
    mask: world.secrecy.mask,
    states: world.helmfileStates,
  }
}

// Last of all: what is on the host wins.
function withStandIns({toolEnv, packageRoot}: World): string {
  return `${toolEnv.PATH ?? ''}${delimiter}${join(packageRoot, 'bin', 'stand-ins')}`
}

/** The same with a launcher between helmfile and helm, and a private directory of its own for one environment. */
export async function launcherSiteOf(world: World, environment: string): Promise<LauncherSite> {
  const site = await siteOf(world)
  const runDirectory = join(world.runDirectory, 'environments', environment)
  await Promise.all(
    ['releases', 'captured'].map(name => mkdir(join(runDirectory, name), {recursive: true, mode: 0o700})),
  )
  // helmfile asks before its own choice of helm is known; any helm 3 is answered for.
  const launcherSite = {...site, launcher: launcherPath(world.packageRoot), runDirectory}
  await setHelmVersion(launcherSite, 'v3.19.0+g0000000')
  return launcherSite
}
