import type {Case} from './case.ts'
import {
  after,
  autoscaler,
  type CaseObject,
  certificate,
  claim,
  container,
  cronJob,
  deployment,
  ingress,
  service,
} from './case-objects.ts'

const good = deployment(container())

/** Objects that have no pods of their own. */
export const OBJECT_CASES: readonly Case[] = [
  {
    name: 'cron-job',
    title: 'a CronJob, whatever becomes of its Jobs',
    kind: 'CronJob',
    objects: [cronJob({...container('crash'), readinessProbe: undefined})],
    expected: 'ready',
  },
  {
    name: 'claim-alone',
    title: 'nobody provides a volume, and no pod asks for it',
    kind: 'PersistentVolumeClaim',
    objects: [claim()],
    expected: 'claim-pending',
    graceSeconds: {'claim-pending': 10},
  },
  {
    name: 'claim-first-consumer',
    title: 'a volume that is made for its first pod, which is not there',
    kind: 'PersistentVolumeClaim',
    given: [
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: {name: 'when-used'},
        provisioner: 'kubernetes.io/no-provisioner',
        volumeBindingMode: 'WaitForFirstConsumer',
      },
    ],
    objects: [claim({storageClassName: 'when-used'})],
    expected: 'ready',
  },
  {
    name: 'claim-lost',
    title: 'the volume of a claim is gone',
    kind: 'PersistentVolumeClaim',
    objects: [
      claim({volumeName: 'no-such-volume'}, {annotations: {'pv.kubernetes.io/bind-completed': 'true'}}),
    ],
    expected: 'claim-lost',
  },
  {
    name: 'service-no-pods',
    title: 'a Service asks for labels that its pods do not have',
    kind: 'Service',
    objects: [good, service({selector: {app: 'demo', release: 'mian'}})],
    expected: 'selects-no-pod',
    graceSeconds: {'selects-no-pod': 10},
  },
  {
    name: 'service-no-port',
    title: 'a Service sends to a port that its pods do not name',
    kind: 'Service',
    objects: [good, service({selector: {app: 'demo'}, ports: [{port: 80, targetPort: 'http'}]})],
    expected: 'selects-no-pod',
    graceSeconds: {'selects-no-pod': 10},
  },
  {
    name: 'service-elsewhere',
    title: 'a Service that is a name elsewhere',
    kind: 'Service',
    objects: [good, service({type: 'ExternalName', externalName: 'demo.test', ports: undefined})],
    expected: 'ready',
  },
  {
    name: 'ingress',
    title: 'an Ingress that no controller gives an address',
    kind: 'Ingress',
    objects: [good, service({selector: {app: 'demo'}}), ingress()],
    expected: 'ready',
  },
  {
    name: 'certificate-unattended',
    title: 'a Certificate that nobody looks after',
    kind: 'Certificate',
    objects: [certificate()],
    expected: 'ready',
  },
  {
    name: 'certificate-refused',
    title: 'a Certificate that its issuer refuses',
    kind: 'Certificate',
    // The verdict comes first: nothing else may end the rollout before.
    objects: [certificate(), deployment(container('slow', after('60s')))],
    expected: 'condition-false',
    graceSeconds: {'condition-false': 10},
  },
  {
    name: 'autoscaler-no-target',
    title: 'an autoscaler of something that is not there',
    kind: 'HorizontalPodAutoscaler',
    given: mayScale('autoscaler-no-target'),
    objects: [autoscaler('nothing')],
    expected: 'cannot-scale',
    // Its controller looks every 15 s; the verdict ends the window.
    windowSeconds: 60,
    graceSeconds: {'cannot-scale': 10},
  },
]

/** Wikimedia's deployers may not. */
function mayScale(namespace: string): CaseObject[] {
  const roleRef = {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'scale'}
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: {name: 'scale'},
      rules: [{apiGroups: ['autoscaling'], resources: ['*'], verbs: ['*']}],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: {name: 'scale'},
      roleRef,
      subjects: [{kind: 'ServiceAccount', name: 'deploy', namespace}],
    },
  ]
}
