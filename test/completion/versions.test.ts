import {expect, test} from 'vitest'
import {
  newestTags,
  type RanOnce,
  recordedOffers,
  together,
  versionedNames,
} from '../../src/completion/versions.ts'

const SHOP = 'registry.example:5000/wikimedia/shop'
const ran = (given: Partial<RanOnce> & {tag: string; more?: object}): RanOnce => ({
  startedAt: '2026-11-20T09:00:00Z',
  outcome: 'deployed',
  environments: ['eqiad', 'codfw'].map(name => ({
    name,
    record: {
      releases: [{name: 'main', images: [`${SHOP}:${given.tag}`, 'registry.example/mesh:1'], ...given.more}],
    },
  })),
  ...given,
})

test('what runs were to deploy, and what became of it', () => {
  const runs = [ran({tag: 'v3', outcome: 'rolled-back', more: {override: 'v3'}}), ran({tag: 'v2'})]
  expect(recordedOffers(runs)).toEqual([
    {word: 'v3', about: 'rolled-back in eqiad, codfw, 2026-11-20'},
    {word: 'v2', about: 'deployed in eqiad, codfw, 2026-11-20'},
    {word: '1', about: 'deployed in eqiad, codfw, 2026-11-20'},
  ])
  expect(recordedOffers(runs, 'canary')).toEqual([])
})

test('the image whose version is meant is told from sidecars by what was given or stands in git', () => {
  expect(versionedNames([ran({tag: 'v3', more: {override: 'v3'}}), ran({tag: 'v2'})], [])).toEqual([SHOP])
  expect(versionedNames([ran({tag: 'v2'})], ['v2'])).toEqual([SHOP])
  expect(versionedNames([ran({tag: 'v2'})], [])).toEqual([])
  expect(versionedNames([ran({tag: 'v2', more: {images: [`${SHOP}:v2`, SHOP]}})], [])).toEqual([SHOP])
})

test('the newest tags that begin as typed', () => {
  expect(newestTags(['v9', 'v10', 'v1', 'w1'], 'v', 2)).toEqual(['v10', 'v9'])
})

test('each once, with all that is known of it', () => {
  const offers = ['in values.yaml', 'in the registry', 'in the registry'].map(about => ({word: 'v1', about}))
  expect(together(offers)).toEqual([{word: 'v1', about: 'in values.yaml; in the registry'}])
})
