{{- /*
mesh.service: how the encrypted port is reached. All take the root context and give nothing when the mesh is off.

  mesh.service.service      the Service, on the node port mesh.public_port
  mesh.service.certificate  the Certificate, which cert-manager turns into a Secret
*/ -}}

{{- define "mesh.service.service" -}}
{{- if and .Values.mesh.enabled (ne .Values.service.deployment "none") -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "base.meta.metadata" (dict "Root" . "Name" "tls-service") | nindent 2 }}
spec:
  type: NodePort
  selector:
    app: {{ include "base.name.chart" . }}
    routed_via: {{ .Values.routed_via | default .Release.Name }}
  ports:
    - name: https
      port: {{ .Values.mesh.public_port }}
      targetPort: tls
      nodePort: {{ .Values.mesh.public_port }}
{{- end -}}
{{- end -}}

{{- define "mesh.service.certificate" -}}
{{- if and .Values.mesh.enabled .Values.mesh.certmanager.enabled -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  {{- include "base.meta.metadata" (dict "Root" . "Name" "tls-proxy-certs") | nindent 2 }}
spec:
  secretName: {{ include "mesh.name.tls" (dict "Root" . "What" "proxy-certs") }}
  dnsNames:
    {{- range .Values.mesh.certmanager.domains }}
    - {{ . }}
    {{- end }}
    - {{ include "mesh.name.tls" (dict "Root" . "What" "service") }}.{{ .Release.Namespace }}.svc.cluster.local
  issuerRef:
    group: cfssl-issuer.wikimedia.org
    kind: ClusterIssuer
    name: discovery
  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
{{- end -}}
{{- end -}}
