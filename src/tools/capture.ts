import {copyFile, mkdir, readdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {environmentArgs, runHelmfile, selectorArgs, type HelmfileSite} from './helmfile.ts'
import {helmfileFailed} from './helmfile-fault.ts'

/** How helmfile would call helm for one release. */
export type CapturedRelease = {
  /** What the launcher calls it. */
  key: string
  namespace: string
  name: string
  chart: string
  /** `template NAME CHART …`, the values files kept beside it. */
  argv: readonly string[]
  /** Private directory of this release in this run. */
  directory: string
  valuesFiles: readonly string[]
}

export type LauncherSite = HelmfileSite & {
  launcher: string
  /** Private directory for one environment in this run. */
  runDirectory: string
}

/**
 * Let helmfile work out every release's chart and values without rendering anything: helm is answered for by
 * the launcher, which keeps what it was called with. `setHelmBinary` may be called while this runs.
 * Values files that helmfile makes stay in the run's own TMPDIR until the run ends; each is copied, so that one
 * outside the tree that changes meanwhile changes nothing here.
 * @throws DeployError `bad-render` when helmfile cannot render its own files
 */
export async function captureReleases(
  site: LauncherSite,
  environment: string,
  selectors: readonly string[],
): Promise<CapturedRelease[]> {
  const result = await runHelmfile(
    site,
    [
      ...environmentArgs(site, environment),
      '--helm-binary',
      site.launcher,
      ...selectorArgs(selectors),
      'template',
      '--skip-cleanup',
    ],
    launcherEnv(site, 'read'),
  )
  if (result.failed && result.exitCode !== 3)
    throw await helmfileFailed(site, result, `render ${environment}`)
  const keys = await readdir(join(site.runDirectory, 'captured'))
  return Promise.all(keys.toSorted().map(key => readCaptured(site.runDirectory, key)))
}

/** There will be no helm: launchers that wait for one end. */
export async function cancelCapture(site: LauncherSite): Promise<void> {
  await writeFile(join(site.runDirectory, 'cancelled'), '')
}

/** Tell the launcher which helm the helmfile wants. */
export async function setHelmBinary(site: LauncherSite, path: string): Promise<void> {
  await writeFile(join(site.runDirectory, 'helm-binary'), `${path}\n`, {mode: 0o600})
}

/** What the launcher answers when helmfile asks helm for its version. */
export async function setHelmVersion(site: LauncherSite, version: string): Promise<void> {
  await writeFile(join(site.runDirectory, 'helm-version'), `${version}\n`, {mode: 0o600})
}

/** From here on the launcher uses this copy of the chart, whatever the repository publishes meanwhile. */
export async function setChartPath(captured: CapturedRelease, path: string): Promise<void> {
  await writeFile(join(captured.directory, 'chart-path'), `${path}\n`, {mode: 0o600})
}

/** What was given with `--set`: the launcher adds each word to helm's, last. */
export async function setGivenWords(captured: CapturedRelease, words: readonly string[]): Promise<void> {
  await Promise.all(
    words.map((word, index) => writeFile(join(captured.directory, `set-${index + 1}`), word, {mode: 0o600})),
  )
}

export function launcherEnv(site: LauncherSite, mode: 'read' | 'apply'): Record<string, string> {
  return {DEPLOY_RUN: site.runDirectory, DEPLOY_MODE: mode, DEPLOY_PID: String(process.pid)}
}

async function readCaptured(runDirectory: string, key: string): Promise<CapturedRelease> {
  const text = await readFile(join(runDirectory, 'captured', key), 'utf8')
  const written = text.split('\0').slice(0, -1)
  const [namespace = '', name = ''] = key.split('~')
  const chart = written[written.indexOf('template') + 2] ?? ''
  const directory = join(runDirectory, 'releases', key)
  await mkdir(directory, {recursive: true, mode: 0o700})
  const {argv, valuesFiles} = await keepValues(written, directory)
  return {key, namespace: namespace === '-' ? '' : namespace, name, chart, argv, directory, valuesFiles}
}

// Numbered as the launcher counts them when it compares what helmfile passes before each stage.
async function keepValues(
  written: readonly string[],
  directory: string,
): Promise<{argv: readonly string[]; valuesFiles: readonly string[]}> {
  const argv = [...written]
  const places = written.flatMap((arg, index) => (arg === '--values' || arg === '-f' ? [index + 1] : []))
  const valuesFiles = await Promise.all(
    places.map(async (place, index) => {
      const copy = join(directory, `values-${index + 1}.yaml`)
      await copyFile(written[place] ?? '', copy)
      argv[place] = copy
      return copy
    }),
  )
  await writeFile(join(directory, 'set-by-helmfile'), setWordsIn(written), {mode: 0o600})
  return {argv, valuesFiles}
}

// As the launcher puts them together.
function setWordsIn(written: readonly string[]): string {
  return written
    .map((arg, index) =>
      index > 0 && written[index - 1]?.startsWith('--set') ? `${written[index - 1]} ${arg};` : '',
    )
    .join('')
}
