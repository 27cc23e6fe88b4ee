{{- /* What the container of the service and that of its migration have in common. */ -}}
{{- define "almanac.container" -}}
image: {{ include "base.helper.image" (dict "Root" . "App" .Values.main_app) }}
imagePullPolicy: {{ .Values.docker.pull_policy }}
env:
  - name: PORT
    value: {{ .Values.main_app.port | quote }}
  {{- range $name, $value := .Values.config.public }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
{{ include "base.helper.resources" .Values.main_app }}
{{ include "base.helper.security_context" . }}
{{- end -}}
