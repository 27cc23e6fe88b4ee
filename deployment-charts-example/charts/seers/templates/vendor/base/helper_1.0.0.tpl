{{- /*
base.helper: small pieces of containers.

  base.helper.image             <registry>/<image>:<version>. Takes (dict "Root" . "App" .Values.main_app)
  base.helper.resources         requests and limits. Takes an object that has both
  base.helper.security_context  what the restricted pod security standard asks of a container. Takes nothing
*/ -}}

{{- define "base.helper.image" -}}
{{- printf "%s/%s:%s" .Root.Values.docker.registry .App.image (toString .App.version) -}}
{{- end -}}

{{- define "base.helper.resources" -}}
resources:
  requests:
    {{- toYaml .requests | nindent 4 }}
  limits:
    {{- toYaml .limits | nindent 4 }}
{{- end -}}

{{- define "base.helper.security_context" -}}
securityContext:
  allowPrivilegeEscalation: false
  capabilities:
    drop: [ALL]
  runAsNonRoot: true
  runAsUser: 900
  seccompProfile:
    type: RuntimeDefault
{{- end -}}
