import {expect, test} from 'vitest'
import {type PullFault, pullFaultOf} from '../../src/rollout/pull-errors.ts'

const IMAGE = 'docker-registry.discovery.wmnet/wikimedia/echo:2'

test.each<[string, PullFault | undefined]>([
  // containerd
  [
    `rpc error: code = NotFound desc = failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${IMAGE}: not found`,
    'image-not-found',
  ],
  [
    `Back-off pulling image "${IMAGE}": ErrImagePull: rpc error: code = NotFound desc = ${IMAGE}: not found`,
    'image-not-found',
  ],
  [
    'failed to pull and unpack image "docker.io/library/nope:1": failed to resolve reference "docker.io/library/nope:1": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    'image-denied',
  ],
  [
    'failed to resolve reference: unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 401 Unauthorized',
    'image-denied',
  ],
  [
    'failed to authorize: failed to fetch oauth token: unexpected status from GET request to https://auth/token: 403 Forbidden',
    'image-denied',
  ],
  [
    'failed to authorize: failed to fetch anonymous token: Get "https://auth/token": dial tcp 10.0.0.1:443: i/o timeout',
    'registry-fault',
  ],
  [
    'failed to resolve reference: failed to do request: Head "https://127.0.0.1:5000/v2/a/manifests/1": dial tcp 127.0.0.1:5000: connect: connection refused',
    'registry-fault',
  ],
  [
    'failed to do request: Head "https://r.example/v2/a": dial tcp: lookup r.example on 10.0.0.10:53: no such host',
    'registry-fault',
  ],
  [
    'failed to do request: Head "https://r.example/v2/a": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'registry-fault',
  ],
  [
    'unexpected status from HEAD request to https://r.example/v2/a/manifests/1: 500 Internal Server Error',
    'registry-fault',
  ],
  [
    'unexpected status from GET request to https://r.example/v2/a/blobs/x: 503 Service Unavailable',
    'registry-fault',
  ],
  ['toomanyrequests: You have reached your unauthenticated pull rate limit.', 'registry-fault'],
  ['429 Too Many Requests', 'registry-fault'],
  ['failed to copy: httpReadSeeker: failed open: unexpected EOF', 'registry-fault'],
  ['rpc error: code = DeadlineExceeded desc = context deadline exceeded', 'registry-fault'],
  ['failed to extract layer: write /var/lib/containerd/x: no space left on device', 'registry-fault'],
  ['no match for platform in manifest: not found', 'image-not-found'],
  // CRI-O and dockerd
  ['reading manifest 2 in registry.example/echo: manifest unknown', 'image-not-found'],
  [
    'Error response from daemon: manifest for echo:2 not found: manifest unknown: manifest unknown',
    'image-not-found',
  ],
  ['reading manifest 2 in registry.example/echo: requested access to the resource is denied', 'image-denied'],
  ['Head "https://registry/v2/echo/manifests/2": no basic auth credentials', 'image-denied'],
  ['reading manifest latest: name unknown: repository name not known to registry', 'image-not-found'],
  // kubelet
  [
    'couldn\'t parse image name "Echo:2": invalid reference format: repository name must be lowercase',
    'image-name-invalid',
  ],
  ['Container image "echo:2" is not present with pull policy of Never', 'image-never-pulled'],
  // no cause at all
  [`Back-off pulling image "${IMAGE}"`, undefined],
  ['', undefined],
])('%s', (message, means) => {
  expect(pullFaultOf(message)).toBe(means)
})
