import {describe, expect, test} from 'vitest'
import type {PastRelease} from '../../src/plan/past.ts'
import {deployedBy, outsideChanges} from '../../src/plan/ride-along.ts'

const run = (runId: string, given: Partial<PastRelease>): PastRelease => ({
  runId,
  kind: 'deploy',
  startedAt: '2026-11-20T09:00:00Z',
  commit: 'a'.repeat(40),
  outside: undefined,
  isGood: true,
  isRolledBack: false,
  override: null,
  given: [],
  after: null,
  restored: null,
  images: [],
  ...given,
})

describe('deployedBy: the run that rendered what runs now', () => {
  const past = [
    run('back', {kind: 'rollback', after: 6}),
    run('bad', {isGood: false, isRolledBack: true, after: 4, restored: 5}),
    run('good', {after: 3}),
  ]

  test('the one that made the revision, good or kept although a later environment failed', () => {
    expect(deployedBy(past, {revision: 3, restores: undefined})?.runId).toBe('good')
    expect(deployedBy(past, {revision: 4, restores: undefined})?.runId).toBe('bad')
  })

  test('after going back, the one that made what was brought back', () => {
    expect(deployedBy(past, {revision: 5, restores: 3})?.runId).toBe('good')
    expect(deployedBy(past, {revision: 6, restores: 3})?.runId).toBe('good')
  })

  test('none for what helm, helmfile or an older record made', () => {
    expect(deployedBy(past, {revision: 7, restores: undefined})).toBeUndefined()
    expect(deployedBy(past, {revision: 6, restores: undefined})).toBeUndefined()
    expect(deployedBy(past, {revision: 7, restores: 1})).toBeUndefined()
  })
})

describe('outsideChanges', () => {
  const files = (key: string, digests: Record<string, string>) => ({
    key,
    files: Object.entries(digests).map(([path, digest]) => ({path, digest})),
  })

  test('changed, new and gone, of this release only', () => {
    const before = files('k', {same: '1', changed: '1', gone: '1', other: '1'})
    const now = files('k', {same: '1', changed: '2', new: '1', other: '2'})
    expect(outsideChanges(before, now, ['same', 'changed', 'new', 'gone'])).toEqual([
      {path: 'changed', kind: 'changed'},
      {path: 'new', kind: 'new'},
      {path: 'gone', kind: 'gone'},
    ])
  })

  test('digests of two keys tell nothing, and so does a run that recorded none', () => {
    const now = files('k2', {a: '1'})
    expect(outsideChanges(files('k1', {a: '1'}), now, ['a'])).toEqual([{path: 'a', kind: 'unknown'}])
    expect(outsideChanges(undefined, now, ['a'])).toEqual([])
    expect(outsideChanges(now, undefined, ['a'])).toEqual([])
  })
})
