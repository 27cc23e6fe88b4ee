{{- /*
mesh.configuration: what the proxy reads, greatly simplified: one listener in front of the application, and one
on the loopback for each service the application calls.

  mesh.configuration.configmap    the ConfigMap; nothing when the mesh is off. Takes the root context
  mesh.configuration.annotations  the pod annotations that go with it: checksum, and where its metrics are
*/ -}}

{{- define "mesh.configuration._data" -}}
admin: {address: 127.0.0.1, port: {{ .Values.mesh.admin.port }}}
telemetry: {port: {{ .Values.mesh.telemetry.port }}}
listeners:
  - name: ingress_https_{{ .Release.Name }}
    port: {{ .Values.mesh.public_port }}
    cluster: LOCAL_{{ .Release.Namespace }}
    upstream: {address: 127.0.0.1, port: {{ .Values.main_app.port }}, timeout: {{ .Values.mesh.upstream_timeout }}}
{{- $known := .Values.services_proxy | default dict }}
{{- range $name := .Values.discovery.listeners }}
{{- with get $known $name }}
  - name: {{ $name }}
    port: {{ .port }}
    address: 127.0.0.1
    cluster: {{ $name }}
    upstream: {address: {{ .upstream.address }}, port: {{ .upstream.port }}, timeout: {{ .timeout }}}
{{- end }}
{{- end }}
{{- end -}}

{{- define "mesh.configuration.configmap" -}}
{{- if .Values.mesh.enabled -}}
apiVersion: v1
kind: ConfigMap
metadata:
  {{- include "base.meta.metadata" (dict "Root" . "Name" "tls-proxy-config") | nindent 2 }}
data:
  mesh.yaml: |
    {{- include "mesh.configuration._data" . | nindent 4 }}
{{- end -}}
{{- end -}}

{{- define "mesh.configuration.annotations" -}}
{{- if .Values.mesh.enabled -}}
checksum/tls-config: {{ include "mesh.configuration._data" . | sha256sum }}
envoyproxy.io/scrape: "true"
envoyproxy.io/port: {{ .Values.mesh.telemetry.port | quote }}
{{- end -}}
{{- end -}}
