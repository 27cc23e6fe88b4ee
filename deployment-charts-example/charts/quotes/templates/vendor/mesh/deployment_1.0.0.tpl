{{- /*
mesh.deployment: the proxy beside the application. Both take the root context and give nothing when the mesh is off.

  mesh.deployment.container  the container, an item of the list `containers`
  mesh.deployment.volume     the volumes it mounts, items of the list `volumes`

The certificate's Secret is optional for the pod: on the very first deployment cert-manager issues it while the
pods already start, and the proxy waits for it itself.
*/ -}}

{{- define "mesh.deployment.container" -}}
{{- if .Values.mesh.enabled -}}
- name: {{ include "mesh.name.container" . }}
  image: {{ printf "%s/envoy:%v" .Values.docker.registry .Values.mesh.image_version }}
  imagePullPolicy: {{ .Values.docker.pull_policy }}
  env:
    - name: SERVICE_NAME
      value: {{ .Release.Name }}
    - name: PORT
      value: {{ .Values.mesh.public_port | quote }}
  ports:
    - name: tls
      containerPort: {{ .Values.mesh.public_port }}
    - name: telemetry
      containerPort: {{ .Values.mesh.telemetry.port }}
  readinessProbe:
    httpGet:
      path: /healthz
      port: telemetry
  {{- include "base.helper.resources" .Values.mesh.resources | nindent 2 }}
  {{- include "base.helper.security_context" . | nindent 2 }}
  volumeMounts:
    - name: envoy-config-volume
      mountPath: /etc/envoy/
      readOnly: true
    - name: tls-certs-volume
      mountPath: /etc/envoy/ssl
      readOnly: true
{{- end -}}
{{- end -}}

{{- define "mesh.deployment.volume" -}}
{{- if .Values.mesh.enabled -}}
- name: envoy-config-volume
  configMap:
    name: {{ include "base.name.release" . }}-tls-proxy-config
- name: tls-certs-volume
  secret:
    secretName: {{ include "mesh.name.tls" (dict "Root" . "What" "proxy-certs") }}
    optional: true
{{- end -}}
{{- end -}}
