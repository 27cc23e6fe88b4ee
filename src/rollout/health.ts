import {NOTHING_BEFORE} from './baseline.ts'
import {SINCE_BEGUN} from './container-exits.ts'
import {judgeWorkloads} from './judge.ts'
import type {RolloutSettings} from './settings.ts'
import type {DoomReason, Snapshot, Verdict, WorkloadRef} from './verdict.ts'

/** How a release's pods are at one moment. */
export type Health = {
  wanted: number
  ready: number
  /** What is not as it should be, the worst first; none where all are ready. */
  troubles: readonly Trouble[]
}

export type Trouble = {
  /** `Kind name`. */
  workload: string
  /** `suspicious`: it may pass. */
  state: 'progressing' | 'suspicious' | 'doomed'
  reason?: DoomReason
  message: string
}

/** What runs as one look shows it, whatever was so before. A Job is done and gone: it does not count. */
export function healthOf(
  refs: readonly WorkloadRef[],
  snapshot: Snapshot,
  settings: RolloutSettings,
): Health | undefined {
  const running = refs.filter(({kind}) => kind !== 'Job' && kind !== 'CronJob')
  if (running.length === 0) return undefined
  const verdicts = judgeWorkloads(running, snapshot, NOTHING_BEFORE, settings)
  const total = (count: 'wanted' | 'ready') => verdicts.reduce((sum, {progress}) => sum + progress[count], 0)
  return {
    wanted: total('wanted'),
    ready: total('ready'),
    troubles: verdicts.flatMap(troubleOf).toSorted((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state)),
  }
}

const WORST: readonly Trouble['state'][] = ['doomed', 'suspicious', 'progressing']

function troubleOf(verdict: Verdict): Trouble[] {
  if (verdict.kind === 'ready') return []
  const {kind, name} = verdict.progress.workload
  const about = {workload: `${kind} ${name}`, state: verdict.kind}
  if (verdict.kind === 'progressing') return [{...about, message: verdict.progress.waitingFor}]
  return [{...about, reason: verdict.doom.reason, message: verdict.doom.message.replace(SINCE_BEGUN, '')}]
}
