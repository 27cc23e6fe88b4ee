import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {type KubernetesObject, parseManifest} from '../diff/manifests.ts'
import type {VersionOverride} from '../plan/facts.ts'
import type {CapturedRelease} from '../tools/capture.ts'
import {type RenderedAgainst, renderRelease} from '../tools/helm.ts'
import {type PulledChart, readYaml} from '../tools/pull-chart.ts'
import {writeVersionFile} from '../tools/version-file.ts'
import {mergeValues, valuesFor, type VersionPlace} from '../version/place.ts'
import type {Circumstances} from './circumstances.ts'

/** What is rendered: one release's chart with its values, as helmfile would. */
export type Rendering = {
  captured: CapturedRelease
  pulled: PulledChart
  /** The release's objects as helm would store them now: installed, or upgraded. */
  against: RenderedAgainst
  circumstances: Circumstances
  /** Begun once helm is at work, which leaves this process idle; it may be called for every render. */
  meanwhile: () => void
}

/** A release as helm would store it, and where the version that was asked for went. */
export type Rendered = {
  objects: readonly KubernetesObject[]
  override: VersionOverride | undefined
  place: VersionPlace | undefined
}

/** The objects of one release, with another version at its place where there is one. */
export async function render(
  {captured, pulled, circumstances, meanwhile}: Rendering,
  against: RenderedAgainst,
  override: VersionOverride | undefined,
): Promise<KubernetesObject[]> {
  const {environment, helm, homeNamespace} = circumstances
  const at = captured.argv.indexOf('template') + 2
  const argv = captured.argv.with(at, pulled.path)
  const versionArgs = override === undefined ? [] : ['--values', await writeVersion(captured, override)]
  const doing = `render ${captured.name} for ${environment}`
  const rendering = renderRelease(helm, [...argv, ...versionArgs], against, doing)
  meanwhile()
  const text = await rendering
  return parseManifest(text, captured.namespace || homeNamespace)
}

function writeVersion({directory}: CapturedRelease, {path, value}: VersionOverride): Promise<string> {
  return writeVersionFile(directory, valuesFor(path, value))
}

/** A version that was tried leaves nothing for the launcher to apply. */
export async function forgetVersion({captured}: Rendering): Promise<void> {
  await rm(join(captured.directory, 'version.yaml'), {force: true})
}

/** The chart's values with the release's own over them, as helm merges them. */
export async function mergedValues({captured, pulled}: Rendering): Promise<unknown> {
  const files = await Promise.all(captured.valuesFiles.map(readYaml))
  return files.reduce<unknown>(mergeValues, pulled.values)
}
