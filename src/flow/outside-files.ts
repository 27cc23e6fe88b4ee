import {readFile} from 'node:fs/promises'
import type {Cluster} from '../cluster/client.ts'
import {type DigestKey, keyedDigest, newDigestKey, readDigestKey} from '../journal/digest-key.ts'
import type {ChartRef, DigestedFiles, VersionOverride} from '../plan/facts.ts'
import {type OutsideChange, outsideChanges} from '../plan/ride-along.ts'
import type {CapturedRelease} from '../tools/capture.ts'

/** The key of one environment; `isKept` once it lies in the cluster. */
export type SiteKey = {key: DigestKey; isKept: boolean}

/** The key that is kept in one of the namespaces of a service, or a new one. A preview keeps none. */
export async function openSiteKey(
  cluster: Cluster,
  namespaces: readonly string[],
  service: string,
): Promise<SiteKey> {
  // Who may not read Secrets can compare nothing; that is no reason to stop.
  const read = namespaces.map(namespace =>
    readDigestKey({cluster, namespace, service}).catch(() => undefined),
  )
  const kept = (await Promise.all(read)).find(key => key !== undefined)
  return kept === undefined ? {key: newDigestKey(), isKept: false} : {key: kept, isKept: true}
}

/** Files outside the charts repository, some of which may not exist, as they were at one time. */
export type OutsideFiles = {names: readonly string[]; digested: DigestedFiles}

/** Which of them are not as they were. */
export async function changedSince(
  {names, digested}: OutsideFiles,
  siteKey: SiteKey,
  substitutions: Readonly<Record<string, string>>,
): Promise<OutsideChange[]> {
  const now = await digestFiles(names, siteKey, substitutions)
  return outsideChanges(
    digested,
    now,
    names.map(name => asWritten(name, substitutions)),
  )
}

/** Digest files that lie outside the charts repository; one that cannot be read is left out, as helmfile does. */
export async function digestFiles(
  files: readonly string[],
  {key}: SiteKey,
  substitutions: Readonly<Record<string, string>>,
): Promise<DigestedFiles> {
  const digested = await Promise.all(
    files.map(async file => {
      const content = await readFile(file).catch(() => undefined)
      if (content === undefined) return []
      const path = asWritten(file, substitutions)
      return [{path, digest: keyedDigest(key, path, content)}]
    }),
  )
  return {key: key.id, files: digested.flat()}
}

/** Of all that helmfile gives helm for one release: another host that has the same digest renders the same. */
export async function digestGiven(
  captured: CapturedRelease,
  chart: ChartRef,
  override: VersionOverride | undefined,
  {key}: SiteKey,
): Promise<string> {
  const {argv} = captured
  const files = await Promise.all(captured.valuesFiles.map(file => readFile(file, 'utf8')))
  const set = argv.filter((arg, at) => arg.startsWith('--set') || argv[at - 1]?.startsWith('--set'))
  return keyedDigest(key, captured.key, JSON.stringify({files, set, chart, override: override ?? null}))
}

/** The name that stands in the charts repository, which is the same on every host. */
export function asWritten(file: string, substitutions: Readonly<Record<string, string>>): string {
  const found = Object.entries(substitutions).find(([, replaced]) => file.startsWith(replaced))
  return found === undefined ? file : found[0] + file.slice(found[1].length)
}
