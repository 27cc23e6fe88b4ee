{{- /* What the container of the store and that of its nightly job have in common. */ -}}
{{- define "gauges.container" -}}
image: {{ include "base.helper.image" (dict "Root" . "App" .Values.app) }}
imagePullPolicy: {{ .Values.docker.pull_policy }}
env:
  - name: STORE
    value: http://{{ include "base.name.release" . }}:{{ .Values.app.port }}
  {{- range $name, $value := .Values.config.public }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
{{- if .Values.config.private }}
envFrom:
  - secretRef:
      name: {{ include "base.name.release" . }}-secret-config
{{- end }}
{{ include "base.helper.resources" .Values.app }}
{{ include "base.helper.security_context" . }}
{{- end -}}
