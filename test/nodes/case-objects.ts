/** Objects of cases, as small as they can be; each takes fields to put over them. */
// biome-ignore lint/suspicious/noExplicitAny: fragments of API objects
export type Fields = Record<string, any>
export type CaseObject = {apiVersion: string; kind: string; metadata: Fields; [key: string]: unknown}

export const REGISTRY = 'docker-registry.wikimedia.org'
export const DEMO_IMAGE = `${REGISTRY}/cases/demo:1`

const LABELS = {app: 'demo', release: 'main'}

const ENDS_AT_ONCE = /^(crash|exit|oom)$/

/** A container of the demo program: what it does is in its environment. */
export function container(mode = '', fields: Fields = {}): Fields {
  const {env = [], ...rest} = fields
  return {
    name: 'demo',
    image: DEMO_IMAGE,
    env: [{name: 'DEMO', value: mode}, ...env],
    readinessProbe: {
      httpGet: {path: '/healthz', port: 8080},
      periodSeconds: 1,
      // It lives for half a second: a busy node could call that ready for longer than a window.
      ...(ENDS_AT_ONCE.test(mode) && env.length === 0 ? {initialDelaySeconds: 5} : {}),
    },
    ...rest,
  }
}

export function after(duration: string): Fields {
  return {env: [{name: 'DEMO_AFTER', value: duration}]}
}

export function deployment(containers: Fields | Fields[], spec: Fields = {}, pod: Fields = {}): CaseObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name: 'demo'},
    spec: {replicas: 1, selector: {matchLabels: {app: 'demo'}}, template: template(containers, pod), ...spec},
  }
}

export function statefulSet(containers: Fields | Fields[], spec: Fields = {}): CaseObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {name: 'demo'},
    spec: {
      replicas: 2,
      serviceName: 'demo',
      selector: {matchLabels: {app: 'demo'}},
      template: template(containers, {}),
      ...spec,
    },
  }
}

export function daemonSet(containers: Fields): CaseObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {name: 'demo'},
    spec: {selector: {matchLabels: {app: 'demo'}}, template: template(containers, {})},
  }
}

export function barePod(containers: Fields): CaseObject {
  const {metadata, spec} = template(containers, {restartPolicy: 'Never'})
  return {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'demo', ...metadata}, spec}
}

export function job(containers: Fields, spec: Fields = {}): CaseObject {
  const pod = {restartPolicy: 'Never'}
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {name: 'demo'},
    spec: {backoffLimit: 1, template: template(containers, pod), ...spec},
  }
}

export function configMap(data: Record<string, string>): CaseObject {
  return {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'demo'}, data}
}

export function claim(spec: Fields = {}, metadata: Fields = {}): CaseObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {name: 'demo', ...metadata},
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: {requests: {storage: '1Gi'}},
      storageClassName: 'none',
      ...spec,
    },
  }
}

export function cronJob(containers: Fields): CaseObject {
  const {spec} = job(containers)
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: {name: 'demo'},
    spec: {schedule: '* * * * *', jobTemplate: {spec}},
  }
}

export function service(spec: Fields): CaseObject {
  const ports = [{port: 80, targetPort: 8080}]
  return {apiVersion: 'v1', kind: 'Service', metadata: {name: 'demo'}, spec: {ports, ...spec}}
}

export function ingress(): CaseObject {
  const backend = {service: {name: 'demo', port: {number: 80}}}
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {name: 'demo'},
    spec: {defaultBackend: backend},
  }
}

export function certificate(): CaseObject {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: {name: 'demo'},
    spec: {secretName: 'demo-tls', issuerRef: {name: 'nobody'}, dnsNames: ['demo.test']},
  }
}

export function autoscaler(target: string): CaseObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {name: 'demo'},
    spec: {
      scaleTargetRef: {apiVersion: 'apps/v1', kind: 'Deployment', name: target},
      minReplicas: 3,
      maxReplicas: 5,
      metrics: [
        {type: 'Resource', resource: {name: 'cpu', target: {type: 'Utilization', averageUtilization: 80}}},
      ],
    },
  }
}

function template(containers: Fields | Fields[], pod: Fields): Fields {
  return {
    metadata: {labels: LABELS},
    spec: {terminationGracePeriodSeconds: 2, containers: [containers].flat(), ...pod},
  }
}
