import type {Outcome} from '../../src/plan/outcome.ts'
import {rolloutSettings, type RolloutSettings} from '../../src/rollout/settings.ts'
import {writeCase, writeHook, writeSettings} from './case-repository.ts'
import {apply, deployCase} from './case-run.ts'
import {casesDir} from './case-sandbox.ts'
import type {WorkloadRef} from '../../src/rollout/verdict.ts'
import type {CaseObject, Fields} from './case-objects.ts'
import type {Case} from './case.ts'
import type {Happening} from './happening.ts'
import {HAPPENINGS} from './happenings.ts'

/** What has to be there before: the settings, what runs, what the administrator has put there; then what is to be deployed. */
export async function prepareCase(one: Case): Promise<void> {
  const {name, cluster = 'staging', before, given = [], objects} = one
  const {graceSeconds = {}, crashLoopExits} = one
  const grace = Object.fromEntries(Object.entries(graceSeconds).map(([reason, s]) => [reason, `${s}s`]))
  await writeSettings(casesDir(), name, {rollout: {grace, crashLoopExits}})
  if (before !== undefined) {
    await writeCase(casesDir(), name, before)
    const {outcome} = await deployCase(name, cluster)
    if (outcome.exitCode !== 0)
      throw new Error(`${name}: what should run before does not: ${JSON.stringify(outcome)}`)
  }
  await apply(cluster, ...given.map(object => inNamespace(object, name)))
  await writeCase(casesDir(), name, objects)
}

/** What happens around the case of this name when it is deployed to a namespace. */
export async function beginHappening(caseName: string, namespace: string): Promise<Happening> {
  const happening = (await HAPPENINGS[caseName]?.(namespace)) ?? {}
  if (happening.hook !== undefined) await writeHook(casesDir(), namespace, happening.hook)
  await happening.begin?.()
  return happening
}

/** The recorder begins a little later than deploy, and what deploy takes back ends the recording. */
export function recordedGrace({graceSeconds = {}}: Case): Record<string, number> {
  return Object.fromEntries(Object.entries(graceSeconds).map(([reason, s]) => [reason, s - 3]))
}

export function settingsOf(one: Case): RolloutSettings {
  const graceMs = Object.entries(recordedGrace(one)).map(([reason, s]) => [reason, s * 1000] as const)
  return rolloutSettings({graceMs: Object.fromEntries(graceMs), crashLoopExits: one.crashLoopExits})
}

/** What is recorded, as deploy names it. */
export function workloadOf({kind = 'Deployment', name, objects}: Case): WorkloadRef {
  const found = objects.find(object => object.kind === kind) as (CaseObject & {spec?: Fields}) | undefined
  const isRemoved = found?.spec?.ttlSecondsAfterFinished !== undefined
  return {kind, namespace: name, name: 'demo', ...(isRemoved ? {isRemovedAtEnd: true} : {})}
}

/** In one word: ready, the reason of the doom, or how else it ended. */
export function endOf({failure, kind}: Outcome): string {
  if (failure?.kind === 'doomed') return failure.doom.reason
  return failure?.kind ?? (kind === 'deployed' ? 'ready' : kind)
}

/** Where an object of a case belongs; some are the whole cluster's. */
export function inNamespace(object: object, namespace: string): object {
  const {kind, metadata} = object as {kind: string; metadata: object}
  const isClusterWide = /^(ValidatingAdmission|StorageClass|PriorityClass)/.test(kind)
  return isClusterWide ? object : {...object, metadata: {...metadata, namespace}}
}
