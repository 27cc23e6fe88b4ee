const IS_READY = '.status.conditions.[] | select(.type == "Ready") | .status'

const CONDITIONS = `{{ $now := Now }}
{{ $since := or .metadata.creationTimestamp $now }}
conditions:
{{ range NodeConditions }}
- {type: {{ .type | Quote }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ .message | Quote }}, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $since | Quote }}}
{{ end }}
addresses:
- {type: InternalIP, address: {{ NodeIP | Quote }}}
- {type: Hostname, address: {{ .metadata.name | Quote }}}
daemonEndpoints: {kubeletEndpoint: {Port: {{ NodePort }}}}
`

const MACHINE = `allocatable: {cpu: "48", memory: 128Gi, pods: "250"}
capacity: {cpu: "48", memory: 128Gi, pods: "250"}
nodeInfo:
  architecture: amd64
  operatingSystem: linux
  osImage: simulated
  kernelVersion: simulated
  bootID: ""
  machineID: ""
  systemUUID: ""
  containerRuntimeVersion: kwok://{{ Version }}
  kubeletVersion: v1.34.4
  kubeProxyVersion: ""
phase: Running
`

/** Simulated nodes come up at once and stay; their leases are kwok's own doing. */
export function nodeStages(): object[] {
  return [
    nodeStage(
      'node-initialize',
      [{key: IS_READY, operator: 'NotIn', values: ['True']}],
      0,
      CONDITIONS + MACHINE,
    ),
    nodeStage(
      'node-heartbeat',
      [
        {key: '.status.phase', operator: 'In', values: ['Running']},
        {key: IS_READY, operator: 'In', values: ['True']},
      ],
      600_000,
      CONDITIONS,
    ),
  ]
}

function nodeStage(
  name: string,
  matchExpressions: object[],
  delayMs: number,
  statusTemplate: string,
): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: {name},
    spec: {
      resourceRef: {apiGroup: 'v1', kind: 'Node'},
      selector: {matchExpressions},
      delay: {durationMilliseconds: delayMs},
      next: {statusTemplate},
    },
  }
}
