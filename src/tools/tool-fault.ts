import {tmpdir} from 'node:os'
import {DeployError} from '../errors.ts'
import {exec} from './exec.ts'
import type {HelmfileSite} from './helmfile.ts'

/** 0.x renders templated helmfile.yaml by itself, 1.0 to 1.2.2 refuse them. */
export const HELMFILE_VERSIONS = '>=0.150 <1.0.0 || >=1.2.3'

/**
 * Whether helmfile failed because a program is missing or too old: asked only once it has failed.
 * @param said what helmfile complained of
 * @returns nothing when the programs are not to blame
 */
export async function toolFault(site: HelmfileSite, said: string): Promise<DeployError | undefined> {
  const missing = /exec: "([^"]+)": executable file not found/.exec(said)?.[1]
  if (missing !== undefined) {
    return new DeployError('bug', `run helmfile: it asks for ${missing}, and that is not on the PATH.`, {
      hint: `Install ${missing}, or try deploy doctor.`,
    })
  }
  if (/helmfile requires helm/.test(said)) return oldHelm(site)
  const version = await versionOf('helmfile', ['--version'], site)
  const {default: satisfies} = await import('semver/functions/satisfies.js')
  if (version === undefined || satisfies(version, HELMFILE_VERSIONS, {includePrerelease: true}))
    return undefined
  return new DeployError('bug', `run helmfile: it is ${version}, and 1.2.3 or newer is needed.`, {
    hint: 'Install helmfile 1.2.3 or newer; deploy doctor shows every program and its version.',
  })
}

/** A program that found no room for what it writes: neither it nor the charts are to blame. */
export function diskFault(doing: string, said: string): DeployError | undefined {
  if (!/no space left on device|disk quota exceeded|read-only file system/i.test(said)) return undefined
  return new DeployError(
    'bug',
    `${doing}: there is no room in ${tmpdir()}, where deploy keeps its files meanwhile.`,
    {
      hint: 'Make room there, or let TMPDIR name another place.',
    },
  )
}

async function oldHelm(site: HelmfileSite): Promise<DeployError> {
  const names = ['helm', 'helm3.17', 'helm3.19']
  const found = await Promise.all(
    names.map(async name => ({name, version: await versionOf(name, ['version', '--short'], site)})),
  )
  const old = found.filter(({version}) => version !== undefined && Number.parseInt(version, 10) < 3)
  const told = old.map(({name, version}) => `${name} is ${version}`).join(', ')
  return new DeployError('bug', `run helm: helm 3 or newer is needed${told === '' ? '' : `; ${told}`}.`, {
    hint: 'Install it under the name that the helmfile asks for; deploy doctor shows every program and its version.',
  })
}

async function versionOf(
  name: string,
  args: readonly string[],
  site: HelmfileSite,
): Promise<string | undefined> {
  const {stdout, stderr} = await exec(name, args, {env: site.env, timeoutMs: 5000, detached: true})
  return /\d+\.\d+\.\d+/.exec(`${stdout}\n${stderr}`)?.[0]
}
