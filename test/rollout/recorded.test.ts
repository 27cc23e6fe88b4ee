import {expect, test} from 'vitest'
import {judgeRecording, readRecordedCases, suspicionsIn} from '../../src/docs/recorded-cases.ts'

/** Snapshots of real clusters with real kubelets; DEPLOY_RECORD=1 vitest run --project nodes records them anew. */
test.each(readRecordedCases())('$name: $title is $expected', recorded => {
  const verdicts = judgeRecording(recorded)
  const last = verdicts.at(-1)
  const end = last?.kind === 'doomed' ? last.doom.reason : last?.kind
  expect(end).toBe(recorded.expected)
  if (recorded.suspected !== undefined) expect(suspicionsIn(recorded)).toContain(recorded.suspected)
  // Nothing is doomed before the end of what was recorded: that would be a false alarm, or the end of the recording.
  for (const verdict of verdicts.slice(0, -1)) {
    if (verdict.kind === 'doomed') expect(verdict.doom.reason).toBe(recorded.expected)
  }
})
