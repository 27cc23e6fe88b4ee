{{- /* What the container of the service and that of the worker have in common. */ -}}
{{- define "ledger.container" -}}
image: {{ include "base.helper.image" (dict "Root" . "App" .Values.main_app) }}
imagePullPolicy: {{ .Values.docker.pull_policy }}
env:
  - name: PORT
    value: {{ .Values.main_app.port | quote }}
  {{- range $name, $value := .Values.config.public }}
  - name: {{ $name }}
    value: {{ $value | quote }}
  {{- end }}
{{- if or .Values.config.private .Values.external_secret }}
envFrom:
  {{- if .Values.config.private }}
  - secretRef:
      name: {{ include "base.name.release" . }}-secret-config
  {{- end }}
  {{- with .Values.external_secret }}
  - secretRef:
      name: {{ . }}
  {{- end }}
{{- end }}
{{ include "base.helper.resources" .Values.main_app }}
{{ include "base.helper.security_context" . }}
volumeMounts:
  - name: config
    mountPath: /etc/ledger
    readOnly: true
{{- end -}}
