import {describe, expect, test} from 'vitest'
import {outsideChanges} from '../../src/plan/ride-along.ts'

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
    // That it is not here needs no key.
    expect(outsideChanges(files('k1', {gone: '1'}), now, ['gone'])).toEqual([{path: 'gone', kind: 'gone'}])
    expect(outsideChanges(undefined, now, ['a'])).toEqual([])
    expect(outsideChanges(now, undefined, ['a'])).toEqual([])
  })
})
