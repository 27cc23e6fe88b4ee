import type {Case} from './case.ts'
import {after, autoscaler, configMap, container, deployment, job, statefulSet} from './case-objects.ts'

const good = deployment(container())

/** What an SRE knows to be well, and other tools wait for. */
export const WELL_CASES: readonly Case[] = [
  {
    name: 'no-replicas',
    title: 'no replicas are wanted',
    objects: [deployment(container('crash'), {replicas: 0})],
    expected: 'ready',
  },
  {
    name: 'paused',
    title: 'a new version of a Deployment that is paused',
    before: [good],
    objects: [deployment(container('crash'), {paused: true})],
    expected: 'ready',
  },
  {
    name: 'on-delete',
    title: 'a new version of a StatefulSet with OnDelete',
    kind: 'StatefulSet',
    before: [statefulSet(container(), {updateStrategy: {type: 'OnDelete'}})],
    objects: [statefulSet(container('crash'), {updateStrategy: {type: 'OnDelete'}})],
    expected: 'ready',
  },
  {
    name: 'partitioned',
    title: 'a new version of a StatefulSet above its partition',
    kind: 'StatefulSet',
    before: [statefulSet(container())],
    objects: [
      statefulSet(container('', {env: [{name: 'VERSION', value: '2'}]}), {
        updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition: 1}},
      }),
    ],
    expected: 'ready',
  },
  {
    name: 'config-only',
    title: 'only a ConfigMap changes, and no pod moves',
    before: [configMap({a: '1'}), good],
    objects: [configMap({a: '2'}), good],
    expected: 'ready',
  },
  {
    name: 'job-done',
    title: 'a Job that ends well',
    kind: 'Job',
    objects: [job({...container('exit'), readinessProbe: undefined})],
    expected: 'ready',
  },
  {
    name: 'job-removed',
    title: 'a Job that is removed as soon as it has ended well',
    kind: 'Job',
    objects: [job({...container('exit'), readinessProbe: undefined}, {ttlSecondsAfterFinished: 0})],
    expected: 'ready',
  },
  {
    name: 'autoscaled',
    title: 'an autoscaler wants more pods than the chart',
    given: [autoscaler('demo')],
    objects: [deployment(container('slow', after('4s')))],
    expected: 'ready',
  },
]
