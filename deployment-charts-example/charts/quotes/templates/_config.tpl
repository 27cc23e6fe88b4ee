{{- define "quotes.config" -}}
num_workers: 1
logging:
  level: {{ .Values.config.public.LOG_LEVEL | default "info" }}
services:
  - name: quotes
    port: {{ .Values.main_app.port }}
    conf:
      languages: {{ .Values.quotes.languages | toJson }}
      cache_ttl: {{ .Values.quotes.cache_ttl }}
      {{- if has "mw-api-int" .Values.discovery.listeners }}
      mwapi_uri: http://localhost:6500/w/api.php
      {{- end }}
{{- end -}}
