import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {openCluster} from '../../src/cluster/client.ts'
import {followNamespace, type JudgedKind} from '../../src/cluster/follow.ts'
import {takeBaseline} from '../../src/rollout/baseline.ts'
import {judgeWorkloads} from '../../src/rollout/judge.ts'
import {losePatience, NO_PATIENCE_USED, type Patience} from '../../src/rollout/patience.ts'
import type {RolloutSettings} from '../../src/rollout/settings.ts'
import type {Snapshot, Verdict, WorkloadRef} from '../../src/rollout/verdict.ts'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {normalised} from './normalised.ts'

/** What `deploy` could see of a namespace while it deployed. */
export type Recording = {
  latest(): Snapshot
  /** The snapshot before the rollout, and those in which something new was to be said, to the first verdict that is final. */
  stop(): Promise<{before: Snapshot; during: Snapshot[]}>
}

const MOST = 8
const EVERY_MS = 250

export async function record(
  kubeconfig: string,
  workload: WorkloadRef,
  objects: readonly {apiVersion: string; kind: string}[],
  settings: RolloutSettings,
): Promise<Recording> {
  const cluster = await openCluster(kubeconfig)
  let note = () => {}
  const follow = await followNamespace(cluster, workload.namespace, kindsOf(objects), {
    onChange: () => note(),
  })
  const before = follow.snapshot()
  const kept = keepWhatIsNew(workload, before, settings)
  note = () => kept.see(follow.snapshot())
  // Patience ends without anything changing in the cluster.
  const timer = setInterval(note, EVERY_MS)
  return {
    latest: () => follow.snapshot(),
    async stop() {
      clearInterval(timer)
      note = () => {}
      await follow.close()
      await cluster.close()
      return {before, during: kept.all()}
    },
  }
}

/** As deploy follows them: of Kubernetes' own kinds it knows where they are. */
function kindsOf(objects: readonly {apiVersion: string; kind: string}[]): JudgedKind[] {
  const kinds = new Map(objects.map(({kind, apiVersion}) => [kind, {kind, apiVersion}]))
  return [...kinds.values()].filter(({kind}) => kind !== 'ConfigMap')
}

function keepWhatIsNew(workload: WorkloadRef, before: Snapshot, settings: RolloutSettings) {
  const baseline = takeBaseline(before)
  const kept: Snapshot[] = []
  let [patience, said, last]: [Patience, string, Snapshot | undefined] = [NO_PATIENCE_USED, '', undefined]
  return {
    see(snapshot: Snapshot): void {
      if (said.startsWith('doomed')) return
      const seen = judgeWorkloads([workload], snapshot, baseline, settings)
      const judged = losePatience(patience, seen, snapshot.nowMs)
      patience = judged.patience
      last = snapshot
      const now = judged.verdicts.map(wordsOf).join()
      if (now === said) return
      said = now
      if (kept.length < MOST - 1 || said.startsWith('doomed')) kept.push(snapshot)
    },
    all: () => (last === undefined || kept.includes(last) ? kept : [...kept, last]),
  }
}

/** How far it is counts as news, too: whoever gets on is given patience anew. */
function wordsOf(verdict: Verdict): string {
  const {updated, ready} = verdict.progress
  const reason = verdict.kind === 'doomed' || verdict.kind === 'suspicious' ? verdict.doom.reason : ''
  return `${verdict.kind} ${reason} ${updated} ${ready}`
}

/** Write a recording for test/rollout/recorded.test.ts and the table in docs/rollout.md. */
export async function save(name: string, recorded: Readonly<Record<string, unknown>>): Promise<void> {
  const dir = join(PACKAGE_ROOT, 'fixtures', 'clusters')
  await mkdir(dir, {recursive: true})
  await writeFile(join(dir, `${name}.json`), textOf(normalised(recorded)))
}

/** A line for each snapshot, so that a new recording of one is a readable change. */
function textOf(recorded: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(recorded).map(([key, value]) => {
    const text = Array.isArray(value)
      ? `[\n${value.map(each => `    ${JSON.stringify(each)}`).join(',\n')}\n  ]`
      : JSON.stringify(value)
    return `  ${JSON.stringify(key)}: ${text}`
  })
  return `{\n${lines.join(',\n')}\n}\n`
}
