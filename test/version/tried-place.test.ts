import {expect, test} from 'vitest'
import {findVersionPlaces, preferredPlace, type VersionPlace} from '../../src/version/place.ts'
import {placeToTry, provenBy, type Untried} from '../../src/version/tried-place.ts'

const values = {main_app: {version: '1.0'}, mesh: {image_version: '7'}, replicas: 2}
const place: VersionPlace = {
  path: ['main_app', 'version'],
  current: '0.9',
  imageName: 'registry/echo',
  form: {kind: 'tag'},
}
const untried: Untried = {values, chart: 'echo', tag: '2.0', argv: ['template', 'main'], deployed: place}
const shown = ['registry/envoy:7', 'registry/echo:2.0']

test('a version is tried where that of the deployed release stood', () => {
  expect(placeToTry(untried)).toBe(place)
})

test.each<[string, Partial<Untried>]>([
  ['nothing runs yet, or it cannot be told', {deployed: undefined}],
  ['the chart adds to it', {deployed: {...place, form: {kind: 'start-of-tag', rest: '-slim'}}}],
  ['git has it there already', {tag: '1.0'}],
  ['git has nothing there', {values: {main_app: {}}}],
  ['another value holds it', {values: {...values, cron: {anything: 'registry/cron:2.0'}}}],
  ['a list holds it', {values: {...values, jobs: [{image: 'registry/cron:2.0'}]}}],
  ['it is given to helm in another way', {argv: ['--set', 'main_app.version=2.0']}],
])('%s: the renders are compared instead', (_, other) => {
  expect(placeToTry({...untried, ...other})).toBeUndefined()
})

test('the image that has it proves the place, which is the one that a render without it tells', () => {
  const inGit = ['registry/envoy:7', 'registry/echo:1.0']
  expect(provenBy(shown, place, untried)).toEqual(
    preferredPlace(findVersionPlaces(values, inGit), 'echo', inGit),
  )
})

test.each<[string, readonly string[], Partial<Untried>]>([
  ['no image has it', ['registry/echo:1.0'], {}],
  ['another image has it', ['registry/echo:1.0', 'registry/cron:2.0'], {}],
  ['the chart adds something to it', ['registry/echo:2.0-slim'], {}],
  [
    'by now another place could be meant',
    shown,
    {values: {...values, main_app: {version: '1.0', mesh_version: '7'}}},
  ],
  [
    'by now a whole image could be meant',
    ['registry/exporter:2.0', 'registry/app:1.0'],
    {values: {app: {image: 'registry/app:1.0', exporter_version: '1.0'}}},
  ],
])('%s: it is not proven', (_, images, other) => {
  const tried =
    other.values && 'app' in (other.values as object)
      ? {...place, path: ['app', 'exporter_version'], imageName: 'registry/exporter'}
      : place
  expect(provenBy(images, tried, {...untried, ...other})).toBeUndefined()
})

test('with a digest', () => {
  const tag = `2.0@sha256:${'a'.repeat(64)}`
  expect(provenBy([`registry/echo:${tag}`], place, {...untried, tag})).toMatchObject({current: '1.0'})
})
