{{- /*
base.name: what things are called.

  base.name.chart    the chart's name, the value of the label `app`
  base.name.release  <chart>-<release>, the name of (nearly) every object
  base.name.label    <chart>-<chart version>, the value of the label `chart`

All take the root context. Kubernetes allows 63 characters; a release whose name does not fit is an error
rather than a silent cut, because two cut names may be the same.
*/ -}}

{{- define "base.name.chart" -}}
{{- .Values.chartName | default .Chart.Name -}}
{{- end -}}

{{- define "base.name.release" -}}
{{- $name := printf "%s-%s" (include "base.name.chart" .) .Release.Name -}}
{{- if gt (len $name) 63 -}}
{{- fail (printf "the name %s is longer than the 63 characters Kubernetes allows" $name) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{- define "base.name.label" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" -}}
{{- end -}}
