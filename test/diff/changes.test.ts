import {expect, test} from 'vitest'
import {compareObjects} from '../../src/diff/changes.ts'
import {isSameValue} from '../../src/diff/same-value.ts'
import {aWorkload, anObject, podSpec} from './objects.ts'

const CONTEXT = {contextLines: 1}

test('equal objects are left out, whatever the order of their keys', () => {
  const before = anObject('Service', {spec: {a: 1, b: [{c: 1, d: 2}]}})
  const after = anObject('Service', {spec: {b: [{d: 2, c: 1}], a: 1}})
  expect(compareObjects([before], [after], CONTEXT)).toEqual([])
})

test('what is wanted comes in its order, then what is gone', () => {
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(name => anObject('ConfigMap', {data: {x: '1'}}, {name}))
  const changedB = anObject('ConfigMap', {data: {x: '2'}}, {name: 'b'})
  const changes = compareObjects([a!, b!, c!], [d!, changedB, c!], CONTEXT)
  expect(changes.map(change => [change.kind, change.name])).toEqual([
    ['added', 'd'],
    ['changed', 'b'],
    ['removed', 'a'],
  ])
})

test('a difference is told with little around it and the field it is in', () => {
  const before = aWorkload('Deployment', podSpec('registry/web:1'))
  const after = aWorkload('Deployment', podSpec('registry/web:2'))
  expect(compareObjects([before], [after], CONTEXT)).toEqual([
    {
      kind: 'changed',
      objectKind: 'Deployment',
      namespace: 'citoid',
      name: 'web',
      restartsPods: true,
      diff: `@@ -8,3 +8,3 @@ spec.template.spec.containers[main].image
       containers:
-      - image: registry/web:1
+      - image: registry/web:2
         name: main`,
    },
  ])
})

test('an added object is all new lines, a removed one all old', () => {
  const object = anObject('ConfigMap', {data: {x: '1'}})
  expect(compareObjects([], [object], CONTEXT)[0]?.diff).toBe(
    '@@ -0,0 +1,6 @@ apiVersion\n+apiVersion: v1\n+data:\n+  x: "1"\n+kind: ConfigMap\n+metadata:\n+  name: web',
  )
  expect(compareObjects([object], [], CONTEXT)[0]?.diff).toMatch(
    /^@@ -1,6 \+0,0 @@ apiVersion\n-apiVersion: v1\n/,
  )
})

test('two texts with nothing in common are not compared for ever', () => {
  const before = anObject('ConfigMap', {data: {x: lines('old', 5000)}})
  const after = anObject('ConfigMap', {data: {x: lines('new', 5000)}})
  const [change] = compareObjects([before], [after], CONTEXT)
  expect(change?.diff.split('\n')).toHaveLength(1 + 2 * 5006)
})

test('same value: absent is undefined, an array is no mapping, null is a value', () => {
  expect(isSameValue({a: undefined}, {})).toBe(true)
  expect(isSameValue([], {})).toBe(false)
  expect(isSameValue({a: null}, {})).toBe(false)
  expect(isSameValue([1, 2], [2, 1])).toBe(false)
})

function lines(word: string, count: number): string {
  return Array.from({length: count}, (_, index) => `${word} ${index}\n`).join('')
}
