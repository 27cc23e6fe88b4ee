import {wakeReplicaSet} from '../cluster/wake.ts'
import type {ReleaseStep} from '../plan/plan.ts'
import {blockingPods} from '../rollout/blocking-pods.ts'
import {heldUpReplicaSets} from '../rollout/held-up.ts'
import type {Snapshot, Verdict} from '../rollout/verdict.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {World} from './world.ts'

const WAKE_EVERY_MS = 2000

/** When ReplicaSets of a namespace were woken last. */
export type HeldUp = {wokenAtMs: number}

/** A ReplicaSet that a quota refused once waits for minutes, though there may be room again. */
export function wakeHeldUp(
  one: HeldUp,
  snapshot: Snapshot,
  verdicts: readonly Verdict[],
  site: EnvironmentSite,
): void {
  const isHeldUp = verdicts.some(
    verdict => verdict.kind === 'suspicious' && verdict.doom.reason === 'quota-exceeded',
  )
  if (!isHeldUp || snapshot.nowMs - one.wokenAtMs < WAKE_EVERY_MS) return
  one.wokenAtMs = snapshot.nowMs
  for (const {namespace, name} of heldUpReplicaSets(snapshot))
    void wakeReplicaSet(site.cluster, namespace, name)
}

/** Each once, and none that has been made anew under its name meanwhile. */
export function removeBlockingPods(site: EnvironmentSite, world: World) {
  const asked = new Set<string>()
  return (step: ReleaseStep, snapshot: Snapshot): void => {
    for (const {namespace, name, uid} of blockingPods(step.workloads, snapshot)) {
      if (asked.has(uid)) continue
      asked.add(uid)
      world.emit({
        kind: 'noted',
        text: `The pod ${name} of the failed version is removed: its StatefulSet would wait for it.`,
      })
      site.cluster.delete({kind: 'Pod', namespace, name}, {uid}).catch(() => asked.delete(uid))
    }
  }
}
