{{- /* As base.meta.pod_annotations, without checksums: these pods read nothing of this release but their images. */ -}}
{{- define "seers.pod_annotations" -}}
{{- if .Values.monitoring.enabled }}
prometheus.io/scrape: "true"
prometheus.io/port: {{ .Values.monitoring.port | quote }}
{{- end }}
{{- if .Values.roll_restart }}
roll_restart: {{ .Values.roll_restart | toString | quote }}
{{- end }}
{{- end -}}
