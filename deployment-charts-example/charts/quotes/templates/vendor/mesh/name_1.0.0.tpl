{{- /*
mesh.name: what the parts of the service mesh are called. Both take the root context.

  mesh.name.container  the proxy's container
  mesh.name.tls        the Service, Certificate and Secret of the encrypted port: <chart>-<release>-tls-<what>.
                       Takes (dict "Root" . "What" "service")
*/ -}}

{{- define "mesh.name.container" -}}
{{ include "base.name.release" . }}-tls-proxy
{{- end -}}

{{- define "mesh.name.tls" -}}
{{ include "base.name.release" .Root }}-tls-{{ .What }}
{{- end -}}
