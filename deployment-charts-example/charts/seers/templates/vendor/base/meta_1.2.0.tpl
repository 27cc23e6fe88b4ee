{{- /*
base.meta: names, labels and annotations of objects and pods.

  base.meta.metadata         name and labels of an object. Takes (dict "Root" .), optionally "Name" "suffix"
  base.meta.selector         the labels a workload finds its pods by. Takes the root context, as the next two
  base.meta.pod_labels       those, and routed_via, by which a Service finds the pods it sends traffic to
  base.meta.pod_annotations  checksums of what pods read only at start, where Prometheus finds metrics (of
                             `main_app` or, in charts from the newer scaffold, `app`), and
                             `roll_restart`, whose change alone makes a Deployment replace its pods
*/ -}}

{{- define "base.meta.metadata" -}}
{{- $name := include "base.name.release" .Root -}}
name: {{ if .Name }}{{ $name }}-{{ .Name }}{{ else }}{{ $name }}{{ end }}
labels:
  app: {{ include "base.name.chart" .Root }}
  chart: {{ include "base.name.label" .Root }}
  release: {{ .Root.Release.Name }}
  heritage: {{ .Root.Release.Service }}
{{- end -}}

{{- define "base.meta.selector" -}}
app: {{ include "base.name.chart" . }}
release: {{ .Release.Name }}
{{- end -}}

{{- define "base.meta.pod_labels" -}}
{{ include "base.meta.selector" . }}
routed_via: {{ .Values.routed_via | default .Release.Name }}
{{- end -}}

{{- define "base.meta.pod_annotations" -}}
checksum/configuration: {{ include (print .Template.BasePath "/configmap.yaml") . | sha256sum }}
checksum/secrets: {{ include (print .Template.BasePath "/secret.yaml") . | sha256sum }}
{{- if .Values.monitoring.enabled }}
prometheus.io/scrape: "true"
prometheus.io/port: {{ .Values.monitoring.port | default (.Values.main_app | default .Values.app).port | quote }}
{{- end }}
{{- if .Values.roll_restart }}
roll_restart: {{ .Values.roll_restart | toString | quote }}
{{- end }}
{{- end -}}
