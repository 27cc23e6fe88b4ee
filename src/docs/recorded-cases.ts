import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {takeBaseline} from '../rollout/baseline.ts'
import {hasPods, judgeWorkloads} from '../rollout/judge.ts'
import {losePatience, NO_PATIENCE_USED} from '../rollout/patience.ts'
import {rolloutSettings} from '../rollout/settings.ts'
import {isSuspicion, type Snapshot, type Verdict, type WorkloadRef} from '../rollout/verdict.ts'

/** What was recorded of one deployment to a real cluster, beginning before its first change (`test/nodes`). */
export type RecordedCase = {
  name: string
  title: string
  /** What has to come of it: ready, or a reason. */
  expected: string
  /** A reason that has to be seen on the way, and to pass. */
  suspected?: string
  /** By reason, where the recording did not wait for the default. */
  graceSeconds: Readonly<Record<string, number>>
  crashLoopExits?: number
  workload: WorkloadRef
  before: Snapshot
  during: readonly Snapshot[]
}

const DIR = join(import.meta.dirname, '..', '..', 'fixtures', 'clusters')

export function readRecordedCases(): RecordedCase[] {
  const files = readdirSync(DIR).filter(name => name.endsWith('.json'))
  return files.sort().map(name => JSON.parse(readFileSync(join(DIR, name), 'utf8')) as RecordedCase)
}

/** The verdicts on a recording, one for each snapshot, as they would have been given at the time. */
export function judgeRecording(recorded: RecordedCase): Verdict[] {
  const {before, during, workload, graceSeconds, crashLoopExits} = recorded
  const baseline = takeBaseline(before)
  const graceMs = Object.fromEntries(Object.entries(graceSeconds).map(([reason, s]) => [reason, s * 1000]))
  const settings = rolloutSettings({graceMs, crashLoopExits})
  let patience = NO_PATIENCE_USED
  return during.flatMap(snapshot => {
    const judged = losePatience(
      patience,
      judgeWorkloads([workload], snapshot, baseline, settings),
      snapshot.nowMs,
    )
    patience = judged.patience
    return judged.verdicts
  })
}

/** The reasons for which it was suspicious on the way. */
export function suspicionsIn(recorded: RecordedCase): string[] {
  return judgeRecording(recorded).flatMap(each => (each.kind === 'suspicious' ? each.doom.reason : []))
}

/** A table of all recordings: what Kubernetes showed at last, and what was made of it. */
export function recordedTable(): string {
  return [
    '| what happens | what Kubernetes shows | verdict | after |',
    '|---|---|---|---|',
    ...readRecordedCases().map(rowOf),
  ].join('\n')
}

function rowOf(recorded: RecordedCase): string {
  const verdicts = judgeRecording(recorded)
  const last = verdicts.at(-1)
  const doom = last?.kind === 'doomed' || last?.kind === 'suspicious' ? last.doom : undefined
  if (doom === undefined)
    return `| ${recorded.title} | ${wellness(recorded, verdicts)} | ${last?.kind ?? ''} | |`
  const graceMs = rolloutSettings({}).graceMs
  const after = isSuspicion(doom.reason) ? `${graceMs[doom.reason] / 1000} s` : 'at once'
  return `| ${recorded.title} | ${shortened(doom.evidence)} | \`${doom.reason}\` | ${after} |`
}

function wellness({workload, suspected}: RecordedCase, verdicts: readonly Verdict[]): string {
  const end = hasPods(workload.kind) ? 'every pod ready' : 'nothing against it'
  const passing = verdicts.find(each => each.kind === 'suspicious' && each.doom.reason === suspected)
  return passing?.kind === 'suspicious' ? `${shortened(passing.doom.evidence)}; then ${end}` : end
}

function shortened(evidence: string): string {
  const text = evidence.length <= 120 ? evidence : `${evidence.slice(0, 119)}…`
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
}
