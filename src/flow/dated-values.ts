import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {datedLines, mayBeDated} from '../charts/dated.ts'
import {type CapturedRelease, captureReleases, type LauncherSite, setHelmBinary} from '../tools/capture.ts'
import {readHelmfiles} from './helmfile-texts.ts'
import {launcherSiteOf} from './sites.ts'
import type {World} from './world.ts'

/** Times in values have whole seconds, mostly. */
const NEXT_SECOND_MS = 1100

/**
 * Some values are made from the time or by chance, and are other ones whenever helmfile is asked. Ask it twice where that may be, and
 * leave a note of the lines that differ for the launcher: they are no reason to stop.
 */
export async function noteDatedValues(
  captured: readonly CapturedRelease[],
  request: {site: LauncherSite; environment: string; selectors: readonly string[]; helmPath: string},
  world: World,
): Promise<void> {
  const {site, environment, selectors, helmPath} = request
  const helmfile = await readHelmfiles(await world.snapshot, world.service)
  const values = await Promise.all(
    captured.flatMap(one => one.valuesFiles.map(file => readFile(file, 'utf8'))),
  )
  const today = new Date(world.nowMs()).toISOString().slice(0, 10)
  if (!mayBeDated(helmfile, values.join('\n'), today)) return
  await sleep(NEXT_SECOND_MS)
  const own = await launcherSiteOf(world, join(environment, 'again'))
  await setHelmBinary(own, helmPath)
  const again = await captureReleases(
    {...own, env: site.env, stateArgs: site.stateArgs},
    environment,
    selectors,
  )
  await Promise.all(
    captured.map(one =>
      note(
        one,
        again.find(({key}) => key === one.key),
      ),
    ),
  )
}

// As sed reads it: these lines are left out on both sides.
async function note(one: CapturedRelease, other: CapturedRelease | undefined): Promise<void> {
  await Promise.all(
    one.valuesFiles.map(async (file, index) => {
      const second = other?.valuesFiles[index]
      if (second === undefined) return
      const [ours, others] = await Promise.all([file, second].map(path => readFile(path, 'utf8')))
      const lines = datedLines(ours ?? '', others ?? '') ?? []
      if (lines.length > 0)
        await writeFile(`${file}.dated`, lines.map(line => `${line}d\n`).join(''), {mode: 0o600})
    }),
  )
}
