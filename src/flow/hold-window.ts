import {isStopped, judgeStep, type RunningStage} from './open-stage.ts'
import {makePace} from './pace.ts'

/**
 * Healthy has to last: a pod that becomes unready inside the window begins it anew, a doomed one ends it.
 * When going back, readiness from before counts: the old pods often never stopped running.
 */
export async function holdWindow(run: RunningStage): Promise<void> {
  const {stage, world, wake} = run
  const windowMs = run.manner.countsEarlierReadiness ? run.watch.windowLeftMs(stage.windowMs) : stage.windowMs
  if (windowMs > 0) world.emit({kind: 'window-started', stage: stage.name, windowMs, role: stage.role})
  const pace = makePace()
  let steadySinceMs = world.nowMs()
  const leftMs = () => steadySinceMs + windowMs - world.nowMs()
  let isSteady = false
  for (;;) {
    if (pace.restMs() === 0 || leftMs() <= 0) isSteady = await pace.look(() => areSteady(run))
    if (isStopped(run)) return
    if (!isSteady) steadySinceMs = world.nowMs()
    if (isSteady && leftMs() <= 0) return
    await wake.next(Math.max(20, Math.min(leftMs(), pace.restMs() || 1000)))
  }
}

async function areSteady(run: RunningStage): Promise<boolean> {
  const ready = [...run.steps.values()].filter(state => state.phase === 'ready')
  const verdicts = []
  for (const state of ready) verdicts.push(await judgeStep(run, state))
  return verdicts.every(verdict => verdict !== 'progressing')
}
