import {expect, test} from 'vitest'
import {compareImages, imageName, imagesOf, shortImage, tagOf, workloadsOf} from '../../src/diff/images.ts'
import {aWorkload, anObject, podSpec} from './objects.ts'

test.each(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod'])('the images of a %s', kind => {
  const spec = {...podSpec('web:2'), initContainers: [{name: 'migrate', image: 'web:1'}]}
  expect(imagesOf(aWorkload(kind, spec))).toEqual([
    {container: 'migrate', image: 'web:1'},
    {container: 'main', image: 'web:2'},
  ])
})

test.each(['Service', 'ConfigMap'])('a %s has none', kind => {
  expect(imagesOf(anObject(kind, {spec: podSpec('web:1')}))).toEqual([])
})

test('only containers whose image differs are told, new and vanished ones too', () => {
  const before = [aWorkload('Deployment', podSpec('web:1')), aWorkload('Job', podSpec('old:1'))]
  const after = [aWorkload('Deployment', podSpec('web:2')), aWorkload('CronJob', podSpec('new:1'))]
  const workload = {namespace: 'citoid', name: 'web'}
  expect(compareImages(before, after)).toEqual([
    {workload: {kind: 'Deployment', ...workload}, container: 'main', before: 'web:1', after: 'web:2'},
    {workload: {kind: 'Job', ...workload}, container: 'main', before: undefined, after: 'new:1'},
    {workload: {kind: 'Job', ...workload}, container: 'main', before: 'old:1', after: undefined},
  ])
  expect(compareImages(before, before)).toEqual([])
})

test('what has to be watched', () => {
  const objects = ['Service', 'Deployment', 'CronJob', 'Job'].map(kind => anObject(kind))
  expect(workloadsOf(objects).map(workload => workload.kind)).toEqual(['Deployment', 'Job'])
})

test.each([
  [
    'docker-registry.discovery.wmnet/wikimedia/citoid:2024-05-01-1',
    'wikimedia/citoid:2024-05-01-1',
    '2024-05-01-1',
    'wikimedia/citoid',
  ],
  ['localhost:5000/a/b:1', 'a/b:1', '1', 'a/b'],
  ['localhost/a', 'a', 'latest', 'a'],
  ['library/nginx:1.27', 'library/nginx:1.27', '1.27', 'library/nginx'],
  ['nginx', 'nginx', 'latest', 'nginx'],
  ['r.example/a@sha256:0123456789abcdef00', 'a@sha256:0123456789abcdef00', 'sha256:0123456789ab', 'a'],
  ['r.example:443/a:1@sha256:0123456789abcdef00', 'a:1@sha256:0123456789abcdef00', '1', 'a'],
])('%s', (image, short, tag, name) => {
  expect([shortImage(image), tagOf(image), imageName(image)]).toEqual([short, tag, name])
})
