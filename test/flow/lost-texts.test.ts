import {expect, test} from 'vitest'
import {lostTexts} from '../../src/flow/given-values.ts'
import {aDeployment} from '../plan/facts.ts'

const objects = [aDeployment('shop', 'registry/shop:v2')]
const others = [aDeployment('shop', 'registry/shop:v3')]
const lost = (before: readonly string[], now: readonly string[] = []) =>
  lostTexts(before, now, objects, async word => (word.startsWith('same=') ? objects : others))

test('what would make a difference is lost; what git holds by now is not', async () => {
  expect(await lost(['--set same=1', '--set other=1'])).toEqual(['--set other=1'])
  expect(await lost(['--set other=1'], ['--set other=2'])).toEqual([])
})

test('what cannot be tried counts as lost', async () => {
  const texts = ['--set token=<hidden>', '--state-values-set backfill=false']
  expect(await lost(texts)).toEqual(texts)
  const failing = lostTexts(['--set a=1'], [], objects, () => Promise.reject(new Error('no')))
  expect(await failing).toEqual(['--set a=1'])
})
