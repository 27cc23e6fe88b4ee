import {request} from 'node:https'
import type {ApiObject, Snapshot} from '../../src/rollout/verdict.ts'
import {accessAs} from '../../src/sandbox/cluster-files.ts'
import {configMap} from './case-objects.ts'
import {apply, kubectl} from './case-run.ts'
import {nodesSandbox} from './case-sandbox.ts'
import {type Happening, state, until} from './happening.ts'

/** It is there as soon as the node has missed it. */
export async function lateConfigMap(namespace: string, latest: () => Snapshot): Promise<void> {
  await until(() => /configmap \\"late\\" not found/.test(shownOfPods(latest())))
  await apply('staging', {...configMap({known: 'value'}), metadata: {name: 'late', namespace}})
}

/**
 * The API server refuses the kubelet the ConfigMaps of one namespace, until the kubelet has said that it waits for them in
 * vain. Of all else, and to all others, it answers as before.
 */
export function configKeptFromNode(namespace: string): Happening {
  const name = `case-${namespace}`
  let letGo = () => {}
  return {
    async begin() {
      await apply('staging', oneAtOnce(name), requestsOfNode(name, namespace))
      await until(async () => /"reason":"Found"/.test(await flowSchema(name)))
      letGo = await holdRequest(namespace)
      await until(async () => (await requestsUnderWay()).includes(`${name},`))
    },
    async during(latest) {
      await until(() => /failed to sync configmap cache/.test(shownOfPods(latest())))
      letGo()
    },
    async end() {
      letGo()
      const both = [`flowschema/${name}`, `prioritylevelconfiguration/${name}`]
      await kubectl('staging', ['delete', ...both, '--ignore-not-found'])
    },
  }
}

/**
 * Of the same user, to make something that it may make. What it announces is not sent: the API server waits a minute for it,
 * and then it is asked again. Gives what ends it.
 */
async function holdRequest(namespace: string): Promise<() => void> {
  const access = await accessAs('kubelet', 'staging', nodesSandbox(), (await state()).ports)
  const url = `${access?.server}/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`
  const headers = {
    authorization: `Bearer ${access?.token}`,
    'content-type': 'application/json',
    'content-length': 2,
  }
  const hold = () => {
    const held = request(url, {method: 'POST', ca: access?.ca, headers})
    held.on('error', () => {})
    held.once('response', () => {
      current = hold()
    })
    held.flushHeaders()
    return held
  }
  let current = hold()
  return () => current.destroy()
}

/** Of those that are there: events outlive what they are about. */
function shownOfPods({pods, events}: Snapshot): string {
  const uids = new Set(pods.map(({metadata}) => metadata.uid))
  const about = (event: ApiObject) => (event.involvedObject as {uid?: string} | undefined)?.uid
  return JSON.stringify([pods, events.filter(event => uids.has(about(event)))])
}

function flowSchema(name: string): Promise<string> {
  return kubectl('staging', ['get', 'flowschema', name, '--output', 'jsonpath={.status.conditions}'])
}

function requestsUnderWay(): Promise<string> {
  return kubectl('staging', ['get', '--raw', '/debug/api_priority_and_fairness/dump_requests'])
}

const FLOW_CONTROL = 'flowcontrol.apiserver.k8s.io/v1'

/** https://kubernetes.io/docs/concepts/cluster-administration/flow-control/: without a share, one is let in, and only alone. */
function oneAtOnce(name: string): object {
  const limited = {
    nominalConcurrencyShares: 0,
    lendablePercent: 0,
    borrowingLimitPercent: 0,
    limitResponse: {type: 'Reject'},
  }
  return {
    apiVersion: FLOW_CONTROL,
    kind: 'PriorityLevelConfiguration',
    metadata: {name},
    spec: {type: 'Limited', limited},
  }
}

function requestsOfNode(name: string, namespace: string): object {
  const resources = (group: string, kind: string) => ({
    verbs: ['*'],
    apiGroups: [group],
    resources: [kind],
    namespaces: [namespace],
  })
  const rule = {
    subjects: [{kind: 'User', user: {name: 'sandbox:kubelet'}}],
    resourceRules: [resources('', 'configmaps'), resources('coordination.k8s.io', 'leases')],
  }
  return {
    apiVersion: FLOW_CONTROL,
    kind: 'FlowSchema',
    metadata: {name},
    spec: {matchingPrecedence: 2, priorityLevelConfiguration: {name}, rules: [rule]},
  }
}
