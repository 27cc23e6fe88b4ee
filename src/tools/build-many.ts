import {writeFile} from 'node:fs/promises'
import {join, relative} from 'node:path'
import {stringify} from 'yaml'
import {splitDocuments} from '../diff/helm-yaml.ts'
import {exec} from './exec.ts'
import {helmfileName, type HelmfileSite, keepState} from './helmfile.ts'
import {type HelmfileState, parseState} from './helmfile-state.ts'
import type {KnownHelms} from './known-helms.ts'

export type ManyRequest = {
  /** The copy of the charts repository. */
  root: string
  /** Of services, in that copy, that need no state values. */
  directories: readonly string[]
  env: HelmfileSite['env']
  helms: KnownHelms
  /** Where what is found out is kept. */
  states: HelmfileSite['states']
}

/**
 * Ask helmfile for the state of many services in one environment: one process that includes all of their helmfiles takes
 * little longer than one for a single service. What cannot be found out in this way is left for `buildState`, which has the
 * words for it.
 * @returns what was found, by the service's directory
 */
export async function buildMany(
  request: ManyRequest,
  environment: string,
): Promise<ReadonlyMap<string, HelmfileState>> {
  const {root, states} = request
  const files = new Map(
    await Promise.all(
      request.directories.map(async directory => {
        const name = await helmfileName({directory}).catch(() => 'helmfile.yaml')
        return [join(directory, name), directory] as const
      }),
    ),
  )
  const searchPath = await request.helms.pathWithStandIns(request.env.PATH ?? '')
  const text = await build(root, environment, [...files.keys()], {...request.env, PATH: searchPath})
  const found = new Map<string, HelmfileState>()
  const sources = [...bySource(text)].filter(([file]) => file !== allFile(root, environment))
  // A helmfile that includes others: whose document is whose cannot be told.
  if (sources.some(([file]) => !files.has(file))) return found
  for (const [file, documents] of sources) {
    const directory = files.get(file) ?? ''
    const state = parseState(documents.join('\n---\n'), environment)
    found.set(directory, state)
    keepState(states, directory, environment, state)
  }
  return found
}

function allFile(root: string, environment: string): string {
  return join(root, `.deploy-all-${environment}.yaml`)
}

/** How many broken helmfiles are left out one by one before it is given up. */
const MAX_BROKEN = 4

async function build(
  root: string,
  environment: string,
  files: readonly string[],
  env: HelmfileSite['env'],
): Promise<string> {
  let left = files
  for (let broken = 0; left.length > 1 && broken <= MAX_BROKEN; broken++) {
    const all = allFile(root, environment)
    const helmfiles = left.map(file => ({path: relative(root, file)}))
    await writeFile(all, `${stringify({environments: {[environment]: {}}})}---\n${stringify({helmfiles})}`)
    const result = await exec('helmfile', ['--file', all, '--environment', environment, 'build'], {
      cwd: root,
      env,
      detached: true,
    })
    if (!result.failed) return result.stdout
    const index = /\.helmfiles\[(\d+)\]/.exec(result.stderr)?.[1]
    if (index === undefined) return ''
    left = left.filter((_, at) => at !== Number(index))
  }
  return ''
}

// helmfile writes above each document where it comes from.
function bySource(text: string): Map<string, string[]> {
  const documents = splitDocuments(text).filter(document => /^[^#\s]/m.test(document))
  return Map.groupBy(documents, document => /^# +Source: (.*)$/m.exec(document)?.[1]?.trim() ?? '')
}
